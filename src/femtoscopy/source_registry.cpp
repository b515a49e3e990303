#include "hadronforce/femtoscopy/source_registry.hpp"

#include "femtoscopy/source_forms.hpp"
#include "hadronforce/interaction/form_parameters.hpp"

#include <boost/math/tools/roots.hpp>

#include <cmath>

namespace hadronforce {

namespace sources {

double radius_by_bisection(std::function<double(double r_fm)> const& fraction_outside, double fraction,
                           double scale_fm) {
    auto const excess = [&](double log_r) { return fraction_outside(std::exp(log_r)) - fraction; };
    double low = std::log(scale_fm), high = low;
    while (excess(low) < 0.0 && low > -80.0) low -= 1.0;
    while (excess(high) > 0.0 && high < 80.0) high += 1.0;
    if (high <= low) return std::exp(high);
    std::uintmax_t iterations = 100;
    auto const bracket =
        boost::math::tools::toms748_solve(excess, low, high, boost::math::tools::eps_tolerance<double>(30), iterations);
    return std::exp(bracket.second);
}

}  // namespace sources

std::vector<SourceForm> const& source_forms() {
    static std::vector<SourceForm> const all{sources::cauchy(),          sources::core_and_resonances(),
                                             sources::double_gaussian(), sources::exponential(),
                                             sources::gaussian(),        sources::levy(),
                                             sources::tabulated()};
    return all;
}

SourceForm const& source_form(std::string const& name) { return find_named(source_forms(), name, "source form"); }

std::unique_ptr<Source> make_source(std::string const& form, SourceParameters const& parameters) {
    auto const& registered = source_form(form);
    return registered.make(completed(registered, parameters));
}

}  // namespace hadronforce
