#include "hadronforce/random/random.hpp"

#include <Random123/philox.h>
#include <boost/math/distributions/normal.hpp>

#include <cmath>

namespace hadronforce {
namespace {

enum Stream : std::uint32_t { sample_stream = 0, index_stream = 1, noise_stream = 2 };

r123::Philox4x32::ctr_type random_words(std::uint64_t seed, std::uint64_t counter, std::uint32_t draw, Stream stream) {
    auto const low = [](std::uint64_t x) { return static_cast<std::uint32_t>(x); };
    auto const high = [](std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32U); };
    r123::Philox4x32::ctr_type const where = {{low(counter), high(counter), draw, stream}};
    r123::Philox4x32::key_type const key = {{low(seed), high(seed)}};
    return r123::Philox4x32()(where, key);
}

}  // namespace

double uniform_draw(std::uint64_t seed, std::uint64_t sample, std::uint32_t draw) {
    auto const words = random_words(seed, sample, draw, sample_stream);
    std::uint64_t const bits = (static_cast<std::uint64_t>(words[0]) << 32U | words[1]) >> 11U;
    return (static_cast<double>(bits) + 0.5) * 0x1p-53;
}

double normal_draw(std::uint64_t seed, std::uint64_t sample, std::uint32_t draw) {
    return boost::math::quantile(boost::math::normal(0.0, 1.0), uniform_draw(seed, sample, draw));
}

// Box and Muller (Ann. Math. Stat. 29 (1958) 610), two numbers of two words.
void fill_with_noise(std::uint64_t seed, std::uint64_t sample, float* values, std::size_t count) {
    constexpr float per_word = 0x1p-32F, two_pi = 6.28318530717958648F;
    for (std::size_t i = 0; i < count; i += 4) {
        auto const words = random_words(seed, sample, static_cast<std::uint32_t>(i / 4), noise_stream);
        for (std::size_t pair = 0; pair < 4 && i + pair < count; pair += 2) {
            float const radius = std::sqrt(-2.0F * std::log((static_cast<float>(words[pair]) + 0.5F) * per_word));
            float const angle = two_pi * per_word * static_cast<float>(words[pair + 1]);
            values[i + pair] = radius * std::cos(angle);
            if (i + pair + 1 < count) values[i + pair + 1] = radius * std::sin(angle);
        }
    }
}

std::uint64_t index_draw(std::uint64_t seed, std::uint64_t counter, std::uint64_t bound) {
    auto const words = random_words(seed, counter, 0, index_stream);
    std::uint64_t const bits = static_cast<std::uint64_t>(words[0]) << 32U | words[1];
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::uint64_t>(static_cast<Wide>(bits) * bound >> 64U);
}

}  // namespace hadronforce
