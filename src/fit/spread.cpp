#include "hadronforce/fit/spread.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/fit/least_squares.hpp"
#include "hadronforce/fit/replica.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace hadronforce {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
enum Column { converged, chi2, degrees_of_freedom, first_value };

/// The row of one fit: what it has of the quantities by name, all else unknown.
Eigen::VectorXd row_of(std::vector<FittedMeasurement> const& measurements, std::vector<Parameter> const& parameters,
                       std::vector<Quantity> const& quantities, std::function<bool()> const& should_stop) {
    Eigen::VectorXd row =
        Eigen::VectorXd::Constant(first_value + static_cast<Eigen::Index>(quantities.size()), unknown);
    row[converged] = 0.0;
    JointResiduals residuals(measurements, parameters);
    auto const put = [&](std::string const& name, double value) {
        if (auto const place = find(quantities, name)) row[first_value + static_cast<Eigen::Index>(*place)] = value;
    };
    try {
        auto const fit = least_squares(
            [&](Eigen::VectorXd const& p) {
                if (should_stop()) throw Interrupted("stopped by a signal");
                return residuals(p);
            },
            parameters);
        for (std::size_t i = 0; i < parameters.size(); ++i)
            put(parameters[i].name, fit.values[static_cast<Eigen::Index>(i)]);
        for (std::size_t m = 0; m < measurements.size(); ++m) {
            auto const numbers = measurements[m].model.pair.kind->quantities().numbers;
            auto const values = residuals.model(m).genuine_in_middle(fit.values).numbers;
            for (std::size_t i = 0; i < numbers.size(); ++i)
                put(prefix_of(measurements[m]) + numbers[i].name, values[static_cast<Eigen::Index>(i)]);
        }
        row[chi2] = fit.chi2;
        row[degrees_of_freedom] =
            static_cast<double>(fit.residuals.size() - fit.values.size() + fit.undetermined.cols());
        row[converged] = 1.0;
    } catch (InputError const&) {
    } catch (ConvergenceError const&) {
    }
    return row;
}

FitSpread spread_of(Communicator const& comm, std::string const& name, Eigen::Index count,
                    std::vector<Quantity> const& quantities, std::function<Eigen::VectorXd(Eigen::Index)> const& job,
                    FinishedJobs& jobs) {
    Eigen::Index const numbers = first_value + static_cast<Eigen::Index>(quantities.size());
    auto& table = table_of(jobs, name, count, numbers);
    table.work(comm, job, jobs.save);
    return {table.results().col(converged), table.results().col(chi2), table.results().col(degrees_of_freedom),
            table.results().rightCols(numbers - first_value)};
}

}  // namespace

std::string prefix_of(FittedMeasurement const& measured) { return measured.name.empty() ? "" : measured.name + "."; }

std::vector<double> FitSpread::sorted(Eigen::Index quantity) const {
    std::vector<double> found;
    for (Eigen::Index i = 0; i < converged.size(); ++i)
        if (converged[i] != 0.0 && std::isfinite(values(i, quantity))) found.push_back(values(i, quantity));
    std::sort(found.begin(), found.end());
    return found;
}

std::vector<Quantity> quantities_of_spread(std::vector<FittedMeasurement> const& measurements,
                                           std::vector<Parameter> const& parameters) {
    std::vector<Quantity> quantities;
    for (auto const& parameter : parameters) quantities.push_back({parameter.name, parameter.unit, ""});
    for (auto const& measured : measurements)
        for (auto quantity : measured.model.pair.kind->quantities().numbers) {
            quantity.name = prefix_of(measured) + quantity.name;
            quantities.push_back(quantity);
        }
    return quantities;
}

FitSpread bootstrap(Communicator const& comm, std::vector<FittedMeasurement> const& measurements,
                    std::vector<Parameter> const& parameters, Eigen::VectorXd const& best, Eigen::Index samples,
                    std::uint64_t seed, std::function<bool()> const& should_stop, FinishedJobs& jobs) {
    auto const quantities = quantities_of_spread(measurements, parameters);
    return spread_of(
        comm, "bootstrap", samples, quantities,
        [&](Eigen::Index sample) {
            auto const drawn = replica(measurements, parameters, best, seed, sample);
            return row_of(drawn.measurements, drawn.parameters, quantities, should_stop);
        },
        jobs);
}

FitSpread fit_variations(Communicator const& comm, std::vector<FittedMeasurement> const& measurements,
                         std::vector<Parameter> const& parameters, Eigen::VectorXd const& best,
                         std::vector<FitVariation> const& variations, std::function<bool()> const& should_stop,
                         FinishedJobs& jobs) {
    auto const quantities = quantities_of_spread(measurements, parameters);
    return spread_of(
        comm, "variations", static_cast<Eigen::Index>(variations.size()), quantities,
        [&](Eigen::Index number) {
            auto const& variation = variations[static_cast<std::size_t>(number)];
            auto varied = variation.parameters;
            for (auto& parameter : varied)
                for (std::size_t i = 0; i < parameters.size(); ++i)
                    if (parameters[i].name == parameter.name)
                        parameter.start = std::clamp(best[static_cast<Eigen::Index>(i)], parameter.low, parameter.high);
            return row_of(variation.measurements, varied, quantities, should_stop);
        },
        jobs);
}

double quantile(std::vector<double> const& values, double part) {
    double const at = part * static_cast<double>(values.size() - 1);
    auto const low = static_cast<std::size_t>(at);
    auto const high = std::min(low + 1, values.size() - 1);
    return values[low] + (at - static_cast<double>(low)) * (values[high] - values[low]);
}

}  // namespace hadronforce
