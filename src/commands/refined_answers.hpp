#pragma once

#include "hadronforce/config/section.hpp"
#include "hadronforce/dataset/dataset_files.hpp"
#include "hadronforce/dataset/sample_family.hpp"
#include "hadronforce/learning/model_file.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace hadronforce {

/// The section `refine` of `predict`.
struct RefineConfig {
    std::int64_t samples = 0;
    double error = 0.0;  ///< of every C, in parts of max(1, C)
    int more_starts = 0;
    int most_starts = 0;  ///< where C is not met
};

/// None where there is no section. Throws InputError with file and line.
std::optional<RefineConfig> read_refine_config(Section const& root);

/// What exact fits made of a network's answers, a row for each sample that was fitted.
struct RefinedAnswers {
    IndexRange rows;  ///< this rank's, of all `total`
    std::int64_t total = 0;
    RowMatrixXd truth, parameters, errors;
    RowMatrixXd widths;  ///< of the parameters' priors about them
    RowMatrixXd found;   ///< of each sample the columns below
    /// Other parameters that meet the C of a sample, by its row.
    struct SameC {
        std::int64_t sample;
        Eigen::VectorXd values;
    };
    std::vector<SameC> same_c;
};

/// Columns of RefinedAnswers::found.
enum RefinedColumn : Eigen::Index {
    network_worst,  ///< the network's answer's largest deviation from C, in errors; not a number where it has no C
    worst,          ///< the fit's; not a number where all fits failed
    determined,     ///< combinations of parameters that C determines to a tenth of their priors' widths
    others,         ///< that meet C too and lie beyond the fit's errors
    refined_columns
};

/// Not collective: this rank's rows. Exact least squares of each sample's C, as if known to the error, from the
/// network's answer and other starts.
RefinedAnswers refined_answers(SampleFamily const& family, Model const& model, RefineConfig const& config,
                               SampleValues const& samples, RowMatrixXd const& answers, IndexRange rows,
                               std::int64_t total);

/// Collective. How many C are met, how much is determined, and R^2 of the parameters in the coordinates that were
/// learnt.
void report_refined(Communicator const& comm, TargetTransform const& targets, RefineConfig const& config,
                    RefinedAnswers const& refined);

/// Collective. /refined of the file of predictions.
void write_refined(File& file, SampleFamily const& family, RefinedAnswers const& refined);

}  // namespace hadronforce
