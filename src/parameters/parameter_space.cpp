#include "hadronforce/parameters/parameter_space.hpp"

#include "hadronforce/error.hpp"

namespace hadronforce {

Eigen::Index ParameterSpace::add(Parameter parameter) {
    free_.push_back(std::move(parameter));
    numbers_.push_back({free_.size() - 1, 0});
    return static_cast<Eigen::Index>(numbers_.size()) - 1;
}

Eigen::Index ParameterSpace::add_tied(std::string name, Formula formula, std::vector<Eigen::Index> places) {
    tied_.push_back({std::move(name), std::move(formula), std::move(places)});
    numbers_.push_back({std::nullopt, tied_.size() - 1});
    return static_cast<Eigen::Index>(numbers_.size()) - 1;
}

std::optional<std::size_t> ParameterSpace::free_at(Eigen::Index place) const {
    return numbers_[static_cast<std::size_t>(place)].free;
}

Eigen::VectorXd ParameterSpace::starts() const {
    Eigen::VectorXd values(size());
    for (Eigen::Index i = 0; i < values.size(); ++i) values[i] = free_[static_cast<std::size_t>(i)].start;
    return values;
}

Eigen::VectorXd ParameterSpace::all(Eigen::VectorXd const& free) const {
    if (tied_.empty()) return free;
    Eigen::VectorXd values(static_cast<Eigen::Index>(numbers_.size()));
    for (std::size_t i = 0; i < numbers_.size(); ++i) {
        auto& value = values[static_cast<Eigen::Index>(i)];
        if (numbers_[i].free) {
            value = free[static_cast<Eigen::Index>(*numbers_[i].free)];
            continue;
        }
        auto const& tied = tied_[numbers_[i].tied];
        Eigen::VectorXd const arguments = values(tied.places);
        try {
            value = tied.formula.at(arguments);
        } catch (InputError const& error) {
            throw InputError(tied.name + ": " + error.what());
        }
    }
    return values;
}

}  // namespace hadronforce
