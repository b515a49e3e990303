#include "hadronforce/setup/resampling_config.hpp"

#include <fmt/format.h>

namespace hadronforce {

Resampling read_resampling(Section const& root, std::int64_t configurations) {
    Section const section = root.optional_section("resampling");
    Resampling resampling;
    auto const kind = section.optional<std::string>("kind", "jackknife", one_of({"jackknife", "bootstrap"}));
    resampling.bin_size = section.optional<std::int64_t>("bin_size", 1, at_least(1));
    if (kind == "bootstrap") {
        resampling.kind = Resampling::Kind::bootstrap;
        resampling.bootstrap_samples = section.required<std::int64_t>("samples", at_least(2));
        resampling.seed = section.optional<std::int64_t>("seed", 1, at_least(0));
    }
    try {
        sample_count(resampling, configurations);
    } catch (InputError const& error) {
        section.fail("bin_size", fmt::format("does not fit: {}", error.what()));
    }
    return resampling;
}

}  // namespace hadronforce
