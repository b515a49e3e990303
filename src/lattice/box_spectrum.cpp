#include "hadronforce/lattice/box_spectrum.hpp"

#include "hadronforce/error.hpp"

#include <Spectra/SymEigsSolver.h>
#include <fmt/format.h>

#include <algorithm>

namespace hadronforce {
namespace {

/// H between functions of unit norm in the plain scalar product: M^(1/2) H M^(-1/2), M the multiplicities, which is
/// symmetric. In the form that Spectra asks for.
class SymmetricHamiltonian {
  public:
    using Scalar = double;

    SymmetricHamiltonian(CubicOrbits const& orbits, StencilOrder order, double reduced_mass_a,
                         BoxInteraction const& interaction)
        : laplacian_(orbits, order),
          radii_(orbits),
          root_(orbits.multiplicity().sqrt()),
          two_mu_(2.0 * reduced_mass_a),
          interaction_(interaction) {}

    Eigen::Index rows() const { return root_.size(); }
    Eigen::Index cols() const { return root_.size(); }

    void perform_op(double const* in, double* out) const {
        Eigen::ArrayXd const psi = Eigen::Map<Eigen::ArrayXd const>(in, rows()) / root_;
        Eigen::ArrayXd result = interaction_.V * psi - laplacian_(psi) / two_mu_;
        if (interaction_.U.size() > 0) add_nonlocal(psi, result);
        Eigen::Map<Eigen::ArrayXd>(out, rows()) = result * root_;
    }

  private:
    void add_nonlocal(Eigen::ArrayXd const& psi, Eigen::ArrayXd& result) const {
        Eigen::VectorXd sums = Eigen::VectorXd::Zero(radii_.r.size());
        for (Eigen::Index i = 0; i < sums.size(); ++i)
            for (auto const orbit : radii_.orbits[static_cast<std::size_t>(i)])
                sums[i] += root_[orbit] * root_[orbit] * psi[orbit];
        Eigen::VectorXd const acted = interaction_.U * sums;
        for (Eigen::Index i = 0; i < sums.size(); ++i)
            for (auto const orbit : radii_.orbits[static_cast<std::size_t>(i)]) result[orbit] += acted[i];
    }

    CubicLaplacian laplacian_;
    DistinctRadii radii_;
    Eigen::ArrayXd root_;
    double two_mu_;
    BoxInteraction const& interaction_;
};

}  // namespace

BoxSpectrum box_spectrum(CubicOrbits const& orbits, StencilOrder order, double reduced_mass_a,
                         BoxInteraction const& interaction, Eigen::Index states) {
    if (states < 1 || states >= orbits.size())
        throw InputError(
            fmt::format("{} eigenstates were asked for; take at most {}, one below the number of states in A1+", states,
                        orbits.size() - 1));
    SymmetricHamiltonian hamiltonian(orbits, order, reduced_mass_a, interaction);
    Eigen::Index const basis = std::min(orbits.size(), std::max<Eigen::Index>(4 * states, 60));
    Spectra::SymEigsSolver<SymmetricHamiltonian> solver(hamiltonian, states, basis);
    solver.init();
    constexpr Eigen::Index most_restarts = 10000;
    solver.compute(Spectra::SortRule::SmallestAlge, most_restarts, 1e-13, Spectra::SortRule::SmallestAlge);
    if (solver.info() != Spectra::CompInfo::Successful)
        throw ConvergenceError(fmt::format("the {} lowest states in the box did not converge; take fewer", states));
    return {solver.eigenvalues().array(),
            (solver.eigenvectors().array().colwise() / orbits.multiplicity().sqrt()).matrix()};
}

}  // namespace hadronforce
