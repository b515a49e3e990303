#pragma once

#include "support/temporary_file.hpp"

#include <fstream>
#include <string>

namespace hadronforce {

/// A file of this run's own with that text. Collective.
class TextFile : public TemporaryFile {
  public:
    TextFile(std::string const& name, std::string const& text) : TemporaryFile(name) {
        if (world().is_root()) std::ofstream(path()) << text;
        world().barrier();
    }
};

}  // namespace hadronforce
