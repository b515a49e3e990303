#include "scattering/coupled_numerov.hpp"

#include <Eigen/LU>

#include <complex>
#include <type_traits>
#include <vector>

namespace hadronforce {
namespace {

template <class Scalar, int N>
class Numerov final : public CoupledNumerov {
    static constexpr int most = N == Eigen::Dynamic ? PotentialMatrix::most_channels : N;
    static constexpr bool complex = !std::is_same_v<Scalar, double>;
    using Matrix = Eigen::Matrix<Scalar, N, N, 0, most, most>;
    using Energies = Eigen::Matrix<double, N, 1, 0, most, 1>;
    using Wave = Eigen::Matrix<std::complex<double>, N, 1, 0, most, 1>;

  public:
    Eigen::MatrixXcd outward(CoupledEquation const& equation, Eigen::VectorXd const& k_squared) override {
        equation_ = &equation;
        k_squared_ = k_squared;
        auto const nodes = static_cast<std::size_t>(equation.match) + 1;
        inverse_ratio_.resize(nodes);
        chi_of_y_.resize(nodes);
        Matrix const one = Matrix::Identity(k_squared_.size(), k_squared_.size());

        Matrix const y_first = cast(equation.y_first) -
                               Matrix((k_squared_.array() * equation.k_squared_first.array()).matrix().asDiagonal());
        // Of R_n = 1 + D_n only D_n, which is small where steps are, keeps its digits: D_n = 12 T_n (1 - T_n)^-1 +
        // D_{n-1} R_{n-1}^-1.
        Matrix carried = one - cast(equation.y_origin) * ((one - t_at(1)) * y_first).inverse();
        Matrix excess = one;
        for (Eigen::Index n = 1; n <= equation.match; ++n) {
            auto const i = static_cast<std::size_t>(n);
            chi_of_y_[i] = (one - t_at(n)).inverse();
            excess = 12.0 * t_at(n) * chi_of_y_[i] + carried;
            if (n == equation.jump) {
                excess = across_jump(one + excess) - one;
                chi_of_y_[i] = (one - with_energy(cast(equation.a_after_jump), n)).inverse();
            }
            inverse_ratio_[i] = (one + excess).inverse();
            carried = excess * inverse_ratio_[i];
        }
        Eigen::Index const m = equation.match;
        return slope(one - t_at(m), (one + excess) * (one - t_at(m)), t_at(m - 1), t_at(m + 1))
            .template cast<std::complex<double>>();
    }

    InwardWave inward(Eigen::VectorXcd const& chi_at_match, Eigen::ArrayXXd const& weights,
                      Eigen::Index node) const override {
        Eigen::Index const match = equation_->match;
        Wave chi = chi_at_match;
        Wave y = chi - t_at(match) * chi;
        Wave at_node = chi;
        Eigen::Array<double, N, 1, 0, most, 1> sum = weights.col(match) * chi.array().abs2();
        for (Eigen::Index n = match - 1; n >= 1; --n) {
            auto const i = static_cast<std::size_t>(n);
            y = (inverse_ratio_[i] * y).eval();
            chi = chi_of_y_[i] * y;
            if (n == node) at_node = chi;
            sum += weights.col(n) * chi.array().abs2();
            if (n == equation_->jump) y = chi - t_at(n) * chi;
        }
        return {sum, at_node};
    }

  private:
    static Matrix cast(Eigen::MatrixXcd const& matrix) {
        if constexpr (complex)
            return matrix;
        else
            return matrix.real();
    }

    Matrix with_energy(Matrix a, Eigen::Index n) const {
        a.diagonal() -= k_squared_ * equation_->b[n];
        return a;
    }

    Matrix a_at(Eigen::Index n) const {
        auto const size = k_squared_.size();
        using RealMatrix = Eigen::Matrix<double, N, N, 0, most, most>;
        Eigen::Map<RealMatrix const> const a(equation_->a.data() + n * size * size, size, size);
        if constexpr (complex) {
            Eigen::Map<RealMatrix const> const imaginary(equation_->imaginary.data() + n * size * size, size, size);
            return a.template cast<Scalar>() + Scalar(0.0, 1.0) * imaginary;
        } else {
            return a;
        }
    }

    Matrix t_at(Eigen::Index n) const { return with_energy(a_at(n), n); }

    /// step dchi/dx / step at a node, from y there and at the next, as wave_value does for one channel.
    Matrix slope(Matrix const& y, Matrix const& y_next, Matrix const& t_before, Matrix const& t_next) const {
        Matrix const one = Matrix::Identity(y.rows(), y.cols());
        Matrix const y_before = 12.0 * one - 10.0 * y - y_next;  // chi = 1
        Matrix const next = (0.5 * one - t_next) * ((one - t_next).inverse() * y_next);
        Matrix const previous = (0.5 * one - t_before) * ((one - t_before).inverse() * y_before);
        return (next - previous) / equation_->step;
    }

    /// A smooth sequence of matrices continued by one step with a polynomial through six of them, nearest first.
    static Matrix continued(Matrix const& nearest, Matrix const& a1, Matrix const& a2, Matrix const& a3,
                            Matrix const& a4, Matrix const& a5) {
        return 6.0 * nearest - 15.0 * a1 + 20.0 * a2 - 15.0 * a3 + 6.0 * a4 - a5;
    }

    /// From y_{n+1} y_n^-1 as if the potential went on smoothly to the same outside; chi and dchi/dx stay.
    Matrix across_jump(Matrix const& ratio) const {
        Eigen::Index const n = equation_->jump;
        Matrix const one = Matrix::Identity(ratio.rows(), ratio.cols());
        Matrix const outer = cast(equation_->a_after_jump);
        Matrix const next_inside =
            with_energy(continued(a_at(n), a_at(n - 1), a_at(n - 2), a_at(n - 3), a_at(n - 4), a_at(n - 5)), n + 1);
        Matrix const before_outside =
            with_energy(continued(outer, a_at(n + 1), a_at(n + 2), a_at(n + 3), a_at(n + 4), a_at(n + 5)), n - 1);
        Matrix const y = one - t_at(n);
        Matrix const slope_inside = slope(y, ratio * y, t_at(n - 1), next_inside);
        // Numerov's equation and the central difference, solved for chi at the next node with chi = 1 here.
        Matrix const here = with_energy(outer, n);
        Matrix const next = t_at(n + 1);
        Matrix const factor = (one - before_outside) * (0.5 * one - before_outside).inverse();
        Matrix const left = (one - next) + factor * (0.5 * one - next);
        Matrix const right = 2.0 * one + 10.0 * here + equation_->step * (factor * slope_inside);
        return (one - next) * (left.inverse() * right) * (one - here).inverse();
    }

    CoupledEquation const* equation_ = nullptr;
    Energies k_squared_;
    std::vector<Matrix> inverse_ratio_;
    std::vector<Matrix> chi_of_y_;
};

template <class Scalar>
std::unique_ptr<CoupledNumerov> make(int channels) {
    switch (channels) {
        case 1:
            return std::make_unique<Numerov<Scalar, 1>>();
        case 2:
            return std::make_unique<Numerov<Scalar, 2>>();
        case 3:
            return std::make_unique<Numerov<Scalar, 3>>();
        default:
            return std::make_unique<Numerov<Scalar, Eigen::Dynamic>>();
    }
}

}  // namespace

std::unique_ptr<CoupledNumerov> make_coupled_numerov(int channels, bool is_complex) {
    return is_complex ? make<std::complex<double>>(channels) : make<double>(channels);
}

}  // namespace hadronforce
