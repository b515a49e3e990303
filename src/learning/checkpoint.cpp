#include "hadronforce/learning/checkpoint.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/storage/provenance.hpp"

#include <fmt/format.h>

namespace hadronforce {

void write_checkpoint(Communicator const& comm, std::string const& path, TrainingState const& state,
                      std::string const& config) {
    File file(comm, path, File::Mode::create);
    write_provenance(file, {"checkpoint", checkpoint_format_version, config, 0});
    file.set_attribute("/", "epoch", state.epoch);
    file.set_attribute("/", "step", state.step);
    file.set_attribute("/", "loss_sum", state.loss_sum);
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
    file.close();
}

TrainingState read_checkpoint(Communicator const& comm, std::string const& path, std::string const& config,
                              std::int64_t parameter_count) {
    File const file(comm, path, File::Mode::read);
    auto const provenance = read_provenance(file, "checkpoint", checkpoint_format_version);
    agree(comm, [&] {
        if (provenance.config != config)
            throw InputError(
                path + ": belongs to another config; train without --resume, or with the config it was made with");
    });
    TrainingState state;
    state.epoch = file.integer_attribute("/", "epoch");
    state.step = file.integer_attribute("/", "step");
    state.loss_sum = file.double_attribute("/", "loss_sum");
    state.seconds = file.double_attribute("/", "seconds");
    state.optimiser_steps = file.integer_attribute("/", "optimiser_steps");
    state.best_loss = file.double_attribute("/", "best_loss");
    state.epochs_since_best = file.integer_attribute("/", "epochs_since_best");
    auto const read = [&](char const* name) {
        auto const values = file.read_all(name);
        agree(comm, [&] {
            if (values.size() != parameter_count)
                throw InputError(fmt::format("{}:{}: has {} numbers, the network {}; train without --resume", path,
                                             name, values.size(), parameter_count));
        });
        return std::vector<double>(values.data(), values.data() + values.size());
    };
    state.parameters = read("/parameters");
    state.first_moment = read("/first_moment");
    state.second_moment = read("/second_moment");
    state.best_parameters = read("/best_parameters");
    auto const curve = file.read_all("/curve");
    for (Eigen::Index i = 0; i < curve.rows(); ++i)
        state.curve.push_back(
            {static_cast<std::int64_t>(curve(i, 0)), curve(i, 1), curve(i, 2), curve(i, 3), curve(i, 4)});
    return state;
}

}  // namespace hadronforce
