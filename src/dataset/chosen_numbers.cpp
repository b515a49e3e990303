#include "hadronforce/dataset/chosen_numbers.hpp"

#include <algorithm>

namespace hadronforce {

ChosenNumbers::ChosenNumbers(SampleFamily const& family) : model_(family.model()), chosen_(family.chosen) {
    auto const& first = family.measurements.front();
    Eigen::ArrayXd const own = 0.5 * (first.k_low_MeV + first.k_high_MeV);
    std::vector<double> k(own.begin(), own.end());
    for (auto const& number : chosen_)
        if (!number.is_potential) k.push_back(number.at);
    if (static_cast<Eigen::Index>(k.size()) == own.size()) return;
    std::sort(k.begin(), k.end());
    k.erase(std::unique(k.begin(), k.end()), k.end());
    for (auto const& number : chosen_)
        momenta_.push_back(std::lower_bound(k.begin(), k.end(), number.is_potential ? k.front() : number.at) -
                           k.begin());
    solver_ = model_.pair.solver(Eigen::Map<Eigen::ArrayXd const>(k.data(), static_cast<Eigen::Index>(k.size())));
}

Eigen::VectorXd ChosenNumbers::of(Eigen::VectorXd const& parameters) const {
    Eigen::VectorXd const numbers = model_.numbers_of(parameters);
    auto const potentials = model_.pair.kind->potentials(numbers);
    PairSolution const solution = solver_ ? solver_->solve(numbers) : PairSolution();
    Eigen::VectorXd values(static_cast<Eigen::Index>(chosen_.size()));
    for (std::size_t i = 0; i < chosen_.size(); ++i) {
        auto const& number = chosen_[i];
        values[static_cast<Eigen::Index>(i)] = number.is_potential
                                                   ? potentials.at(number.place).potential->value_MeV(number.at)
                                                   : solution.curves.at(number.place)[momenta_[i]];
    }
    return values;
}

}  // namespace hadronforce
