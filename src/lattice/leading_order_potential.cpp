#include "hadronforce/lattice/leading_order_potential.hpp"

#include "hadronforce/parallel/agreement.hpp"

namespace hadronforce {

std::array<Eigen::RowVectorXd, LeadingOrderPotential::terms> leading_order_terms(
    CorrelatorFile const& file, LeadingOrderSettings const& settings, CubicLaplacian const& laplacian,
    Eigen::Ref<Eigen::RowVectorXd const> const& R) {
    Eigen::Index const points = file.orbits().size();
    int const reach = reach_of(settings.time_order);
    double const mu = settings.reduced_mass_a;
    double const D = settings.mass_asymmetry;
    std::array<Eigen::RowVectorXd, LeadingOrderPotential::terms> terms;
    for (auto& term : terms) term.resize(static_cast<Eigen::Index>(settings.times.size()) * points);
    for (std::size_t i = 0; i < settings.times.size(); ++i) {
        Eigen::Index const here = file.time_index(settings.times[i]);
        auto const window = file.time_window(settings.times[i], reach, settings.one_sided);
        auto const d1 = first_derivative_weights(settings.time_order, window.offset);
        auto const d2 = second_derivative_weights(settings.time_order, window.offset);
        Eigen::ArrayXd const R_t = R.segment(here * points, points).transpose().array();
        Eigen::ArrayXd dR = Eigen::ArrayXd::Zero(points), ddR = Eigen::ArrayXd::Zero(points);
        for (std::size_t step = 0; step < d1.size(); ++step) {
            auto const slice = window.first + static_cast<Eigen::Index>(step);
            auto const neighbour = R.segment(slice * points, points).transpose().array();
            dR += d1[step] * neighbour;
            ddR += d2[step] * neighbour;
        }
        Eigen::ArrayXd const kinetic = laplacian(R_t) / (2.0 * mu) / R_t;
        Eigen::ArrayXd const first = -dR / R_t;
        Eigen::ArrayXd const second = (1.0 + 3.0 * D * D) / (8.0 * mu) * ddR / R_t;
        Eigen::ArrayXd const total = kinetic + first + second;
        auto const begin = static_cast<Eigen::Index>(i) * points;
        terms[LeadingOrderPotential::kinetic].segment(begin, points) = kinetic.transpose();
        terms[LeadingOrderPotential::first_derivative].segment(begin, points) = first.transpose();
        terms[LeadingOrderPotential::second_derivative].segment(begin, points) = second.transpose();
        terms[LeadingOrderPotential::total].segment(begin, points) = total.transpose();
    }
    return terms;
}

LeadingOrderPotential leading_order_potential(Communicator const& comm, CorrelatorFile const& file,
                                              LeadingOrderSettings const& settings) {
    agree(comm, [&] {
        for (auto const t : settings.times) file.time_window(t, reach_of(settings.time_order), settings.one_sided);
    });
    CubicLaplacian const laplacian(file.orbits(), settings.space_order);
    LeadingOrderPotential potential;
    potential.times = settings.times;
    potential.samples = share_of(file.samples(), comm.rank(), comm.size());
    RowMatrixXd const R = file.R(potential.samples);
    file.refuse_outliers(potential.samples, R, settings.times, reach_of(settings.time_order));
    for (auto& term : potential.of_sample)
        term.resize(R.rows(), static_cast<Eigen::Index>(settings.times.size()) * file.orbits().size());
    for (Eigen::Index sample = 0; sample < R.rows(); ++sample) {
        auto const terms = leading_order_terms(file, settings, laplacian, R.row(sample));
        for (std::size_t i = 0; i < terms.size(); ++i) potential.of_sample[i].row(sample) = terms[i];
    }
    for (std::size_t i = 0; i < potential.result.size(); ++i)
        potential.result[i] =
            mean_and_error(comm, file.ensemble().resampling.kind, file.samples(), potential.of_sample[i]);
    return potential;
}

}  // namespace hadronforce
