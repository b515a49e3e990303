#pragma once

#include "hadronforce/interaction/local_potential.hpp"
#include "hadronforce/interaction/nonlocal_potential.hpp"
#include "hadronforce/interaction/potential_tail.hpp"

#include <optional>
#include <string>
#include <vector>

namespace hadronforce {

/// A fully connected network with smooth hidden layers and a linear last one, and its derivatives. Parameters lie in
/// one vector, layer by layer: weight (outputs x inputs, row-major), then bias.
class SmoothNetwork {
  public:
    enum class Activation { silu, tanh };

    /// `sizes`: inputs, hidden widths, outputs.
    SmoothNetwork(std::vector<Eigen::Index> sizes, Activation activation);

    std::vector<Eigen::Index> const& sizes() const noexcept { return sizes_; }
    Eigen::Index parameter_count() const noexcept;

    /// What a forward pass leaves for the backward one, samples in rows.
    struct Pass {
        std::vector<Eigen::MatrixXd> inputs;  ///< of each layer
        std::vector<Eigen::MatrixXd> slopes;  ///< of each hidden layer's activation
        Eigen::MatrixXd output;
    };
    Pass forward(Eigen::Ref<Eigen::VectorXd const> const& parameters, Eigen::MatrixXd const& input) const;

    /// The output alone.
    Eigen::MatrixXd values(Eigen::Ref<Eigen::VectorXd const> const& parameters, Eigen::MatrixXd input) const;

    /// Derivatives of sum_n seed_n . output_n: fills `deltas` with what arrives at each layer (samples x its outputs)
    /// and returns
    Eigen::MatrixXd backward(Eigen::Ref<Eigen::VectorXd const> const& parameters, Pass const& pass,
                             Eigen::MatrixXd const& seed, std::vector<Eigen::MatrixXd>& deltas) const;

    /// d(output_n)/d parameters for every sample n, one row each.
    Eigen::MatrixXd sample_gradients(Pass const& pass, std::vector<Eigen::MatrixXd> const& deltas) const;

    /// d(sum_n factors(n, s) output_n)/d parameters for every s, one row each, from the deltas of a backward pass.
    Eigen::MatrixXd parameter_gradients(Pass const& pass, std::vector<Eigen::MatrixXd> const& deltas,
                                        Eigen::Ref<Eigen::MatrixXd const> const& factors) const;

  private:
    std::vector<Eigen::Index> sizes_;
    Activation activation_;
};

/// Consecutive places in a vector.
struct IndexSpan {
    Eigen::Index begin = 0;
    Eigen::Index size = 0;
};

struct KernelNetworkSettings {
    Eigen::Index latent = 3;  ///< dimension of f(r); 0: no kernel, the local part stands alone
    std::vector<Eigen::Index> widths_f{12, 12};
    std::vector<Eigen::Index> widths_g{12, 12};
    std::vector<Eigen::Index> widths_local{};  ///< of v; empty: no local part
    std::string activation = "silu";           ///< silu or tanh
    /// What f and v see: "decays", x, exp(-x) and exp(-x^2) with x = r/r_scale; or "logarithm", log(1 + x^2)/2, of
    /// which hidden units with random weights resolve every distance alike.
    std::string inputs = "decays";
    double cut = 0.0;      ///< U = 0 where r or r' >= cut
    bool tapers = true;    ///< whether U falls to zero at the cut by the factor c, or only ends there
    double r_scale = 0.0;  ///< unit of r in the inputs
    double u_scale = 0.0;  ///< unit of g's output
    double v_scale = 1.0;  ///< unit of v's output
    PotentialTail tail;    ///< of the local part, from the cut on; needs a taper
};

/// U(r, r') = u_scale c(r) c(r') g(f(r) + f(r')), c(r) = (1 - (r/cut)^2)^2: symmetric by construction, zero with its
/// first derivative at the cut and beyond (arXiv:2410.03082); c = 1 below the cut where it does not taper. Where it has
/// a local part, V(r) = v_scale c(r) v(r) + (1 - c(r)) tail(r) acts beside: U(r, r') + V(r) delta^3(r - r').
class KernelNetwork final : public NonlocalPotential {
  public:
    /// All parameters zero. Throws InputError unless lengths and scales are positive and finite and every width lies
    /// between 1 and 1000.
    explicit KernelNetwork(KernelNetworkSettings settings);

    KernelNetworkSettings const& settings() const noexcept { return settings_; }
    Eigen::Index parameter_count() const noexcept {
        return local_offset() + (v_ ? v_->parameter_count() : 0) + settings_.tail.parameter_count();
    }
    /// Of f, then of g, then of v, then of the tail.
    Eigen::VectorXd const& parameters() const noexcept { return parameters_; }
    void set_parameters(Eigen::VectorXd parameters);
    /// Weights of f and of g's and v's hidden layers from standard normal numbers, one a parameter: each layer's by one
    /// over the root of its inputs, and with logarithms three times as large, the units of f and v centred anywhere
    /// below the cut; the last layers of g and v are zero, so that U and V are.
    void set_initial_parameters(Eigen::VectorXd const& normal_numbers);

    void fill(Eigen::Ref<Eigen::ArrayXd const> const& r, Eigen::Ref<Eigen::ArrayXd const> const& r_prime,
              Eigen::Ref<Eigen::ArrayXXd> u) const override;
    double range(double) const override { return settings_.cut; }

    /// Whether the last layers of g and v, and the tail, are as set_initial_parameters leaves them: U = V = 0.
    bool is_zero() const;
    bool has_kernel() const noexcept { return f_.has_value(); }
    bool has_local() const noexcept { return v_ || settings_.tail.exists(); }
    /// Places of the weights and biases of the last layers of g and v, in which U and V are linear.
    IndexSpan output_of_kernel() const;
    IndexSpan output_of_local() const;
    /// Where the parameters of the local part begin: of v, then of the tail.
    Eigen::Index local_offset() const noexcept {
        return has_kernel() ? f_->parameter_count() + g_->parameter_count() : 0;
    }
    /// V(r), zero without a local part.
    Eigen::ArrayXd local(Eigen::Ref<Eigen::ArrayXd const> const& r) const { return local(r, nullptr); }
    /// And its derivatives with respect to the parameters from local_offset() on, radii x parameters.
    Eigen::ArrayXd local(Eigen::Ref<Eigen::ArrayXd const> const& r, Eigen::MatrixXd* derivatives) const;
    /// Radius at which V jumps: the cut, without a taper.
    std::optional<double> jumps_at() const {
        return settings_.tapers ? std::nullopt : std::optional<double>(settings_.cut);
    }
    /// Radii with the cut itself, where V jumps there, moved to just below it.
    Eigen::ArrayXd inside_at_cut(Eigen::Ref<Eigen::ArrayXd const> const& r) const;
    /// What the parameters are drawn towards: how far the tail's scale is from what is known of it, in errors, squared;
    /// and its place among the parameters, -1 where it is not fitted.
    Eigen::Index tail_scale_position() const noexcept {
        return settings_.tail.scale_error > 0.0 && settings_.tail.exists() ? parameter_count() - 1 : -1;
    }

    /// Values and derivatives of the kernel on fixed radii: f and its derivatives are worked out once. Row i is U(r_i,
    /// r_j) for all j.
    class OnGrid {
      public:
        OnGrid(KernelNetwork const& network, Eigen::ArrayXd const& r);
        Eigen::MatrixXd matrix() const;
        /// Some rows, and in `jacobian` the derivatives of sum_j row_j waves(j, s) with respect to the parameters
        /// before local_offset(): all waves of the first row, then of the next.
        Eigen::MatrixXd rows_with_derivatives(std::vector<Eigen::Index> const& rows, Eigen::MatrixXd const& waves,
                                              Eigen::MatrixXd& jacobian) const;

      private:
        KernelNetwork const& network_;
        Eigen::ArrayXd taper_;
        Eigen::MatrixXd features_;                  ///< radii x latent
        std::vector<Eigen::MatrixXd> derivatives_;  ///< for each latent component, radii x parameters of f
    };

  private:
    Eigen::ArrayXd taper(Eigen::Ref<Eigen::ArrayXd const> const& r) const;
    /// 1 - c(r), exact near r = 0.
    Eigen::ArrayXd rise(Eigen::Ref<Eigen::ArrayXd const> const& r) const;
    /// What f and v see.
    Eigen::MatrixXd inputs(Eigen::Ref<Eigen::ArrayXd const> const& r) const;
    Eigen::MatrixXd features(Eigen::Ref<Eigen::ArrayXd const> const& r) const;
    auto parameters_of_f() const { return parameters_.head(f_->parameter_count()); }
    auto parameters_of_g() const { return parameters_.segment(f_->parameter_count(), g_->parameter_count()); }
    auto parameters_of_v() const { return parameters_.segment(local_offset(), v_->parameter_count()); }
    auto parameters_of_tail() const { return parameters_.tail(settings_.tail.parameter_count()); }

    KernelNetworkSettings settings_;
    std::optional<SmoothNetwork> f_, g_, v_;
    Eigen::VectorXd parameters_;
};

/// The local part of a kernel network as a potential of its own; MeV and fm.
class NetworkLocalPart final : public LocalPotential {
  public:
    explicit NetworkLocalPart(KernelNetwork network) : network_(std::move(network)) {}
    void fill_MeV(Eigen::Ref<Eigen::ArrayXd const> const& r_fm, Eigen::Ref<Eigen::ArrayXd> v_MeV) const override {
        v_MeV = network_.local(network_.inside_at_cut(r_fm));
    }
    std::optional<double> discontinuity_fm() const override { return network_.jumps_at(); }

  private:
    KernelNetwork network_;
};

}  // namespace hadronforce
