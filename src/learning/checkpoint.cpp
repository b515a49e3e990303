#include "hadronforce/learning/checkpoint.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/storage/digest.hpp"
#include "hadronforce/storage/provenance.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace hadronforce {

void write_checkpoint(Communicator const& comm, std::string const& path, TrainingState const& state,
                      RunIdentity const& identity) {
    File file(comm, path, File::Mode::create);
    write_provenance(file, {"checkpoint", checkpoint_format_version, identity.config, 0});
    write_identity(file, identity);
    file.set_attribute("/", "epoch", state.epoch);
    file.set_attribute("/", "step", state.step);
    file.set_attribute("/", "loss_sum", state.loss_sum);
    file.set_attribute("/", "samples", state.samples);
    file.set_attribute("/", "seconds", state.seconds);
    file.set_attribute("/", "optimiser_steps", state.optimiser_steps);
    file.set_attribute("/", "best_loss", state.best_loss);
    file.set_attribute("/", "epochs_since_best", state.epochs_since_best);
    auto const write = [&](char const* name, std::vector<double> const& values, char const* description) {
        file.write_vector(name, values, {"1", description, {"parameter"}});
    };
    write("/parameters", state.parameters, "weights and biases, layer by layer");
    write("/first_moment", state.first_moment, "Adam's running mean of the gradient");
    write("/second_moment", state.second_moment, "Adam's running mean of its square");
    if (!state.average.empty()) write("/average", state.average, "running mean of the weights and biases");
    write("/best_parameters", state.best_parameters, "those of the smallest validation loss");
    RowMatrixXd curve(static_cast<Eigen::Index>(state.curve.size()), 5);
    for (std::size_t i = 0; i < state.curve.size(); ++i) {
        auto const& record = state.curve[i];
        curve.row(static_cast<Eigen::Index>(i)) << static_cast<double>(record.epoch), record.learning_rate,
            record.training_loss, record.validation_loss, record.seconds;
    }
    file.write_all(
        "/curve", curve, Precision::float64,
        {"1, 1, 1, 1, s", "epoch, learning rate, training loss, validation loss, seconds", {"epoch", "column"}});
    write_digest_of_content(file);
    file.close();
}

TrainingState read_checkpoint(Communicator const& comm, std::string const& path, RunIdentity const& identity,
                              CheckpointSize const& size) {
    File const file(comm, path, File::Mode::read);
    auto const format_version = read_provenance(file, "checkpoint", checkpoint_format_version).format_version;
    agree(comm, [&] {
        if (format_version != checkpoint_format_version)
            throw InputError(
                fmt::format("{}: is of an earlier version, which visited samples in another order; train "
                            "without --resume",
                            path));
    });
    auto const other = difference(file, identity);
    agree(comm, [&] {
        if (!other.empty())
            throw InputError(fmt::format(
                "{}: belongs to another training: {}; train without --resume, or with what it was made with", path,
                other));
    });
    auto const require = [&](bool fits, char const* what) {
        agree(comm, [&] {
            if (!fits)
                throw InputError(
                    fmt::format("{}: is damaged or of another training: {}; train without --resume", path, what));
        });
    };
    check_digest_of_content(file, "train without --resume");
    TrainingState state;
    state.epoch = file.integer_attribute("/", "epoch");
    state.step = file.integer_attribute("/", "step");
    state.loss_sum = file.double_attribute("/", "loss_sum");
    state.samples = file.integer_attribute("/", "samples");
    state.seconds = file.double_attribute("/", "seconds");
    state.optimiser_steps = file.integer_attribute("/", "optimiser_steps");
    state.best_loss = file.double_attribute("/", "best_loss");
    state.epochs_since_best = file.integer_attribute("/", "epochs_since_best");
    require(state.epoch >= 0 && state.epoch <= size.epochs && state.step >= 0 && state.step <= size.steps_an_epoch,
            "it stands beyond the end");
    require(state.optimiser_steps == state.epoch * size.steps_an_epoch + state.step,
            "its optimiser has made other steps");
    require(state.epochs_since_best >= 0 && state.epochs_since_best <= state.epoch &&
                std::isfinite(state.best_loss) == (state.epoch > 0) && !std::isnan(state.best_loss) &&
                std::isfinite(state.loss_sum) && state.samples >= 0 && std::isfinite(state.seconds) &&
                state.seconds >= 0.0,
            "its losses are not those of a training");
    auto const read = [&](char const* name) {
        require(file.shape(name) == std::vector<std::int64_t>{size.parameters}, "its network has another size");
        auto const values = file.read_all(name);
        require(values.allFinite(), "its network is not finite");
        return std::vector<double>(values.data(), values.data() + values.size());
    };
    state.parameters = read("/parameters");
    state.first_moment = read("/first_moment");
    state.second_moment = read("/second_moment");
    if (size.has_average) state.average = read("/average");
    state.best_parameters = read("/best_parameters");
    require(std::all_of(state.second_moment.begin(), state.second_moment.end(), [](double m) { return m >= 0.0; }),
            "squares of its gradients are negative");
    require(file.shape("/curve") == std::vector<std::int64_t>{state.epoch, 5}, "its curve has another length");
    auto const curve = file.read_all("/curve");
    require(curve.allFinite(), "its curve is not finite");
    for (Eigen::Index i = 0; i < curve.rows(); ++i)
        state.curve.push_back(
            {static_cast<std::int64_t>(curve(i, 0)), curve(i, 1), curve(i, 2), curve(i, 3), curve(i, 4)});
    return state;
}

}  // namespace hadronforce
