#include "commands/output.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/storage/file.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <stdexcept>

namespace hadronforce {

void check_place_of(Communicator const& comm, std::string const& path) {
    agree_on_root(comm, [&] {
        auto const directory = std::filesystem::path(path).parent_path();
        std::error_code ignored;
        if (std::filesystem::is_directory(path, ignored))
            throw InputError(path + ": is a directory; give the name of a file");
        if (::access(directory.empty() ? "." : directory.c_str(), W_OK) == 0) return;
        int const reason = errno;
        throw InputError(fmt::format("{}: cannot be written ({}); make its directory or change the name", path,
                                     std::strerror(reason)));
    });
}

void write_atomically(Communicator const& comm, std::string const& path,
                      std::function<void(std::string const& temporary)> const& write) {
    check_place_of(comm, path);
    std::string const temporary = path + ".part";
    try {
        write(temporary);
        publish(comm, temporary, path);
    } catch (...) {
        if (comm.is_root()) std::remove(temporary.c_str());
        throw;
    }
}

void write_text(Communicator const& comm, std::string const& path, std::string const& text) {
    auto const write = [&](std::string const& temporary) {
        agree_on_root(comm, [&] {
            std::FILE* const file = std::fopen(temporary.c_str(), "w");
            if (file == nullptr)
                throw std::runtime_error(fmt::format("{}: cannot be written ({})", path, std::strerror(errno)));
            bool const written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
            int reason = errno;
            bool const closed = std::fclose(file) == 0;
            if (written && !closed) reason = errno;
            if (!written || !closed)
                throw std::runtime_error(fmt::format("{}: could not be written ({})", path, std::strerror(reason)));
        });
    };
    write_atomically(comm, path, write);
}

Eigen::ArrayXd potential_radii_fm() { return Eigen::ArrayXd::LinSpaced(501, 0.0, 5.0); }

}  // namespace hadronforce
