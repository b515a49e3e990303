#include "hadronforce/lattice/kernel_file.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/storage/provenance.hpp"
#include "lattice/kernel_loss.hpp"
#include "lattice/kernel_units.hpp"

#include <fmt/format.h>
#include <Eigen/SVD>

#include <cmath>

namespace hadronforce {
namespace {

std::vector<std::int64_t> widths(File const& file, std::string const& name) {
    std::vector<std::int64_t> result;
    for (double width : file.doubles_attribute("/network", name))  // what is no number of units is refused as zero is
        result.push_back(width == std::floor(width) && std::abs(width) < 1e9 ? static_cast<std::int64_t>(width) : 0);
    return result;
}

void write_network(File& file, KernelNetwork const& network) {
    auto const& settings = network.settings();
    file.write_vector("/network/parameters", to_vector(network.parameters().array()),
                      {"1",
                       "weights and biases of f, g and v, layer by layer; value of the tail at the cut over v_scale, "
                       "log of its scale",
                       {"parameter"}});
    file.set_attribute("/network", "activation", settings.activation);
    file.set_attribute("/network", "inputs", settings.inputs);
    file.set_attribute("/network", "latent", std::int64_t{settings.latent});
    file.set_attribute("/network", "widths_f", std::vector<double>(settings.widths_f.begin(), settings.widths_f.end()));
    file.set_attribute("/network", "widths_g", std::vector<double>(settings.widths_g.begin(), settings.widths_g.end()));
    file.set_attribute("/network", "widths_local",
                       std::vector<double>(settings.widths_local.begin(), settings.widths_local.end()));
    file.set_attribute("/network", "cut", settings.cut);
    file.set_attribute("/network", "tapers", std::int64_t{settings.tapers});
    file.set_attribute("/network", "r_scale", settings.r_scale);
    file.set_attribute("/network", "u_scale", settings.u_scale);
    file.set_attribute("/network", "v_scale", settings.v_scale);
    auto const& tail = settings.tail;
    if (!tail.exists()) return;
    file.set_attribute("/network", "tail", tail.form);
    file.set_attribute("/network", "tail_scale", tail.scale);
    file.set_attribute("/network", "tail_scale_error", tail.scale_error);
    if (tail.value_is_fixed) file.set_attribute("/network", "tail_value_at_cut_MeV", tail.value_at_cut);
}

KernelNetwork read_network(File const& file) {
    KernelNetworkSettings settings;
    settings.activation = file.string_attribute("/network", "activation");
    if (file.has_attribute("/network", "inputs")) settings.inputs = file.string_attribute("/network", "inputs");
    settings.latent = file.integer_attribute("/network", "latent");
    auto const f = widths(file, "widths_f"), g = widths(file, "widths_g"), v = widths(file, "widths_local");
    settings.widths_f = {f.begin(), f.end()};
    settings.widths_g = {g.begin(), g.end()};
    settings.widths_local = {v.begin(), v.end()};
    settings.cut = file.double_attribute("/network", "cut");
    auto const tapers = file.integer_attribute("/network", "tapers");
    settings.tapers = tapers == 1;
    settings.r_scale = file.double_attribute("/network", "r_scale");
    settings.u_scale = file.double_attribute("/network", "u_scale");
    settings.v_scale = file.double_attribute("/network", "v_scale");
    if (file.has_attribute("/network", "tail")) {
        auto& tail = settings.tail;
        tail.form = file.string_attribute("/network", "tail");
        tail.scale = file.double_attribute("/network", "tail_scale");
        tail.scale_error = file.double_attribute("/network", "tail_scale_error");
        tail.value_is_fixed = file.has_attribute("/network", "tail_value_at_cut_MeV");
        if (tail.value_is_fixed) tail.value_at_cut = file.double_attribute("/network", "tail_value_at_cut_MeV");
    }
    auto const parameters = read_column(file, "/network/parameters");
    std::optional<KernelNetwork> network;
    agree(file.comm(), [&] {
        if (tapers != 0 && tapers != 1)
            throw InputError(
                fmt::format("{}:/network@tapers: is {}, it must be 0 or 1; fit the kernel again", file.path(), tapers));
        try {
            network.emplace(settings);
            network->set_parameters(parameters.matrix());
        } catch (InputError const& error) {
            throw InputError(file.path() + ":/network: " + error.what() + "; fit the kernel again");
        }
    });
    return std::move(*network);
}

KernelWaves read_kernel_waves(File const& file) {
    // The first dimension of /wave, momentum or t, is the waves.
    KernelWaves waves{read_column(file, "/r"), file.read_all("/wave").transpose(),
                      file.double_attribute("/", "residual")};
    agree(file.comm(), [&] {
        Eigen::Index const n = waves.r.size();
        bool const fit = n >= 2 && waves.values.rows() == n && waves.values.cols() >= 1 && waves.values.allFinite() &&
                         waves.r.isFinite().all() && (waves.r.tail(n - 1) > waves.r.head(n - 1)).all() &&
                         !waves.values.isZero(0.0) && std::isfinite(waves.residual);
        if (!fit) throw InputError(file.path() + ":/wave: does not fit the radii; fit the kernel again");
    });
    return waves;
}

void write_samples(File& file, KernelSamples const& samples, KernelFitData const& data, KernelFitReport const& report,
                   char const* unit) {
    file.set_attribute("/", "resampling", name_of(samples.kind));
    write_kernel_fits(file, "/samples", "sample", samples.fits);
    if (samples.effective_coefficients.size() > 0)
        file.write_all("/samples/effective_coefficients", samples.effective_coefficients, Precision::float64,
                       {unit, "coefficients of the kernel's part of V_eff", {"sample", "term"}});
    auto const& own = report.effective_local_of_samples;
    file.create_dataset(
        "/samples/effective_local", {samples.fits.done, data.waves.cols(), static_cast<std::int64_t>(data.r.size())},
        Precision::float64, {unit, "effective local potential of each sample", {"sample", report.wave_axis, "r"}});
    file.write_rows("/samples/effective_local", report.own_samples, own);
    // Errors are those of the samples that converged.
    std::vector<Eigen::Index> kept;
    for (auto s = report.own_samples.begin; s < report.own_samples.end; ++s)
        if (samples.fits.converged[static_cast<std::size_t>(s)] != 0) kept.push_back(s - report.own_samples.begin);
    RowMatrixXd const converged = own(kept, Eigen::all);
    auto const count = file.comm().sum(static_cast<std::int64_t>(kept.size()));
    if (count < 2) return;
    auto const spread = mean_and_error(file.comm(), samples.kind, count, converged, samples.fits.done - count);
    file.write_all("/effective_local_error",
                   Eigen::Map<RowMatrixXd const>(spread.error.data(), data.waves.cols(), data.r.size()),
                   Precision::float64, {unit, "its error from the samples that converged", {report.wave_axis, "r"}});
}

}  // namespace

Eigen::MatrixXd effective_local(KernelNetwork const& network, KernelFitData const& data) {
    return acted_on_waves(network, data).cwiseQuotient(data.waves);
}

UnseenKernel unseen_kernel(KernelNetwork const& network, KernelFitData const& data, double residual) {
    Eigen::ArrayXd const root_measure = data.measure.sqrt();
    Eigen::ArrayXXd u(data.r.size(), data.r.size());
    network.fill(data.r, data.r, u);
    Eigen::MatrixXd const weighted = (u.colwise() * root_measure).rowwise() * root_measure.transpose();
    Eigen::JacobiSVD<Eigen::MatrixXd> svd((data.waves.array().colwise() * root_measure).matrix(), Eigen::ComputeThinU);
    auto const seen = (svd.singularValues().array() > residual * svd.singularValues()[0]).count();
    Eigen::MatrixXd const basis = svd.matrixU().leftCols(seen);
    Eigen::MatrixXd const half = weighted - basis * (basis.transpose() * weighted);
    Eigen::MatrixXd const unseen = half - (half * basis) * basis.transpose();
    double const norm = weighted.norm();
    return {((unseen.array().colwise() / root_measure).rowwise() / root_measure.transpose()).matrix(),
            norm > 0.0 ? unseen.norm() / norm : 0.0};
}

void write_fitted_kernel(Communicator const& comm, std::string const& path, FittedKernel const& kernel,
                         KernelFitData const& data, KernelFitReport const& report, std::string const& config) {
    File file(comm, path, File::Mode::create);
    write_provenance(file, {"potential", potential_format_version, config, report.seed});
    write_units(file, kernel.units);
    file.set_attribute("/", "fit_end", report.how_it_ended);
    auto const best = static_cast<std::size_t>(kernel.starts.best());
    double const residual = kernel.starts.residual[best];
    file.set_attribute("/", "residual", residual);
    if (report.chi2_per_point) file.set_attribute("/", "chi2_per_point", *report.chi2_per_point);
    auto const& unit = names(kernel.units);
    auto const& axis = report.wave_axis;
    Eigen::ArrayXXd u(data.r.size(), data.r.size());
    kernel.network.fill(data.r, data.r, u);
    file.write_vector("/r", to_vector(data.r), {unit.length, "distinct radii", {"r"}});
    file.write_vector("/measure", to_vector(data.measure), {unit.volume, "volume that each radius stands for", {"r"}});
    file.write_all("/U", u.matrix(), Precision::float64, {unit.kernel, "the kernel U(r, r')", {"r", "r_prime"}});
    auto const unseen = unseen_kernel(kernel.network, data, residual);
    file.write_all("/U_unseen", unseen.U, Precision::float64,
                   {unit.kernel, "what no wave has seen of U(r, r'): the network's extrapolation", {"r", "r_prime"}});
    file.set_attribute("/", "unseen_fraction", unseen.fraction);
    if (kernel.network.has_local())
        file.write_vector("/V", to_vector(kernel.network.local(data.r)),
                          {unit.target, "local part that acts beside it", {"r"}});
    file.write_vector("/" + axis, to_vector(report.wave_values), {report.wave_unit, axis + " of each wave", {axis}});
    file.write_all("/wave", data.waves.transpose(), Precision::float64, {"1", "what was fitted: waves", {axis, "r"}});
    file.write_all("/target", data.targets.transpose(), Precision::float64,
                   {unit.target, "what was fitted: (E - H0) psi, which U psi + V psi is to equal", {axis, "r"}});
    file.write_all("/effective_local", effective_local(kernel.network, data).transpose(), Precision::float64,
                   {unit.target, "integral d^3r' U(r, r') psi(r')/psi(r) + V(r) of each wave", {axis, "r"}});
    file.write_all("/weighted_residual", weighted_residuals(kernel.network, data).transpose(), Precision::float64,
                   {"1", "(U psi + V psi - target) times the root of its weight in the loss", {axis, "r"}});
    if (report.offsets.size() > 0)
        file.write_vector("/offset", to_vector(report.offsets.array()),
                          {unit.target, "offset b that noise gives to the target, b psi", {axis}});
    if (kernel.effective_coefficients.size() > 0)
        file.write_vector("/effective_coefficients", to_vector(kernel.effective_coefficients.array()),
                          {unit.target, "of c(r) T_n: the kernel's part of V_eff(r), mean over waves", {"term"}});
    write_curve(file, kernel.starts.best_curve);
    write_kernel_fits(file, "/starts", "start", kernel.starts);
    write_network(file, kernel.network);
    if (kernel.samples) write_samples(file, *kernel.samples, data, report, unit.target);
    file.close();
}

FittedKernel read_fitted_kernel(Communicator const& comm, std::string const& path) {
    File const file(comm, path, File::Mode::read);
    read_provenance(file, "potential", potential_format_version);
    FittedKernel kernel{read_units(file), read_network(file), {}, {}, {}, {}};
    Eigen::Index const parameters = kernel.network.parameter_count();
    if (file.has("/starts/parameters")) kernel.starts = read_kernel_fits(file, "/starts", parameters);
    if (file.has("/effective_coefficients"))
        kernel.effective_coefficients = read_column(file, "/effective_coefficients").matrix();
    if (kernel.network.has_kernel()) kernel.waves = read_kernel_waves(file);
    if (!file.has("/samples/parameters")) return kernel;
    KernelSamples samples{Resampling::Kind::jackknife, read_kernel_fits(file, "/samples", parameters), {}};
    if (kernel.effective_coefficients.size() > 0) {
        samples.effective_coefficients = file.read_all("/samples/effective_coefficients");
        agree(comm, [&] {
            auto const& rows = samples.effective_coefficients;
            if (rows.rows() != samples.fits.done || rows.cols() != kernel.effective_coefficients.size() ||
                !rows.allFinite())
                throw InputError(path + ":/samples/effective_coefficients: do not fit the rest; fit the kernel again");
        });
    }
    auto const kind = file.string_attribute("/", "resampling");
    agree(comm, [&] {
        if (kind != name_of(Resampling::Kind::jackknife) && kind != name_of(Resampling::Kind::bootstrap))
            throw InputError(path + ":/@resampling: is neither jackknife nor bootstrap; fit the kernel again");
    });
    if (kind == name_of(Resampling::Kind::bootstrap)) samples.kind = Resampling::Kind::bootstrap;
    kernel.samples = std::move(samples);
    return kernel;
}

}  // namespace hadronforce
