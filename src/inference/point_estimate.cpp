#include "hadronforce/inference/point_estimate.hpp"

#include <fmt/format.h>

namespace hadronforce {

PointEstimate estimate(Model const& model, Eigen::ArrayXd const& correlation) {
    RowMatrixXd const features = model.features.features(correlation.matrix().transpose());
    PointEstimate result{
        model.targets.physical(model.network.predict(features)).row(0), model.test.rmse, features.row(0).norm(), {}};
    if (result.feature_norm > model.features.largest_norm)
        result.warnings.push_back(fmt::format(
            "the data are unlike anything the model was trained on (distance {:.1f}, training up to {:.1f}); "
            "do not trust the values",
            result.feature_norm, model.features.largest_norm));
    for (Eigen::Index i = 0; i < result.value.size(); ++i)
        if (result.value[i] < model.targets.lowest[i] || result.value[i] > model.targets.highest[i])
            result.warnings.push_back(fmt::format("{} = {:.6g} lies outside the training's {:.6g} to {:.6g}",
                                                  model.targets.names[static_cast<std::size_t>(i)], result.value[i],
                                                  model.targets.lowest[i], model.targets.highest[i]));
    return result;
}

}  // namespace hadronforce
