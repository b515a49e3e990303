#pragma once

#include "hadronforce/dataset/sample_family.hpp"
#include "hadronforce/femtoscopy/pair_model.hpp"
#include "hadronforce/fit/starts.hpp"
#include "hadronforce/inference/measured_parts.hpp"
#include "hadronforce/learning/model_file.hpp"
#include "hadronforce/parallel/communicator.hpp"
#include "hadronforce/setup/measured_config.hpp"

#include <Eigen/Core>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hadronforce {

/// One set of parameters and what follows from it. Errors are empty where none are known.
struct Explanation {
    Eigen::VectorXd parameters, parameter_errors;
    Eigen::ArrayXd correlation;              ///< in the bins of the data
    Eigen::VectorXd numbers, number_errors;  ///< PairQuantities::numbers
    std::vector<PlacedPotential> potentials;
    RowMatrixXd potential_errors_MeV;  ///< potentials x potential_radii_fm
};

/// What `infer` found.
struct Inference {
    explicit Inference(MeasuredParts of) : data(std::move(of)) {}

    MeasuredParts data;
    MeasurementParts measurements;       ///< of the model
    Eigen::MatrixXd covariance_of_data;  ///< empty where the data have no errors
    double error_of_data = 0.0;          ///< of every C, where the data have none
    std::vector<std::string> names, units;
    std::optional<Explanation> truth, fit, network;  ///< network: also absent where its answer cannot be solved
    Eigen::VectorXd network_value, network_error;    ///< no error (not a number) where it extrapolates
    bool network_extrapolates = false;
    bool by_references = false;         ///< the network's answer is that of the training's samples
    bool network_takes_errors = false;  ///< so that all it says, its own error too, is for these data's errors
    RowMatrixXd of_members;             ///< members x parameters: each network's own answer
    std::vector<bool> at_bound;
    std::vector<Minimum> others;  ///< that explain the data as well as the fit, beyond its errors
    Eigen::MatrixXd covariance;
    double fit_chi2 = 0.0, network_chi2 = 0.0, degrees_of_freedom = 0.0;  ///< sums of squares for data without errors
    std::vector<std::string> remarks;

    Explanation const& best() const { return fit ? *fit : *network; }
};

/// The table and what its errors hold, for people.
std::string inference_report(SampleFamily const& family, Inference const& inference);

/// Collective. The file of kind "inference" of docs/dataset_format.md.
void write_inference(Communicator const& comm, std::string const& path, std::string const& config,
                     SampleFamily const& family, Inference const& inference);

/// The same of the network's answer alone, to targets that no exact fit refines. `truth`: of the targets, if known.
std::string answer_report(Inference const& inference, std::optional<Eigen::VectorXd> const& truth);
void write_answer(Communicator const& comm, std::string const& path, std::string const& config,
                  Inference const& inference, std::optional<Eigen::VectorXd> const& truth);

}  // namespace hadronforce
