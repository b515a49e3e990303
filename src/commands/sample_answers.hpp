#pragma once

#include "commands/train_targets.hpp"
#include "hadronforce/learning/model_file.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace hadronforce {

/// By measurement.
std::vector<Eigen::ArrayXd> split(MeasurementParts const& measurements, Eigen::ArrayXd const& values);

/// How samples are seen: at the dataset's momenta of each measurement, with errors where there are any.
struct SampleView {
    std::vector<Eigen::ArrayXd> k_star_MeV;
    std::optional<ErrorFamily> errors;
    std::int64_t seed = 0;

    /// Row by row, the first of which is that sample of the dataset.
    std::vector<std::vector<SeenPoints>> seen(Model const& model, RowMatrixXd const& correlation,
                                              std::int64_t first) const;
    /// What the network takes of them.
    RowMatrixXd features(Model const& model, RowMatrixXd const& correlation, std::int64_t first) const;
};

/// What a model says of some samples, beside the truth, in coordinates as they were learnt.
struct SampleAnswers {
    RowMatrixXd truth, prediction;  ///< samples x targets
    RowMatrixXd error;              ///< no column where it learnt none
    RowMatrixXd spread;             ///< of an ensemble's members; no column for a single network
    /// Samples with errors that training had not; of those with larger ones the references answered so many.
    std::int64_t smaller_errors = 0, larger_errors = 0, by_references = 0;
};

/// `first`: of the samples in the dataset. Throws InputError for a C of which the network cannot take the logarithm.
SampleAnswers answers_of(Model const& model, SampleView const& view, LearntValues const& learnt,
                         SampleValues const& samples, std::int64_t first);

}  // namespace hadronforce
