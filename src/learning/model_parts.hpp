#pragma once

#include "hadronforce/learning/model_file.hpp"
#include "hadronforce/storage/file.hpp"

#include <string>
#include <vector>

namespace hadronforce {

// What the parts of a model file are written and read with; all collective.

/// Throws the InputError that every rank meets alike: "path:name: what".
void require(File const& file, bool fits, std::string const& name, std::string const& what);
/// Finite numbers of a shape that is known before they are read.
RowMatrixXd finite(File const& file, std::string const& name, std::vector<std::int64_t> const& shape);
Eigen::RowVectorXd row(File const& file, std::string const& name, std::int64_t expected);
/// The rows and columns of a matrix of a size that a network may have.
std::vector<std::int64_t> shape_of_matrix(File const& file, std::string const& name);
/// An attribute that must be one of `values`.
std::string known(File const& file, std::string const& object, std::string const& name,
                  std::vector<std::string> const& values);
std::vector<double> to_vector(Eigen::Ref<Eigen::RowVectorXd const> const& values);

void write_features(File& file, FeatureTransform const& features);
FeatureTransform read_features(File const& file);

void write_targets(File& file, TargetTransform const& targets, Metrics const& test);
TargetTransform read_targets(File const& file, std::int64_t format_version);

void write_networks(File& file, NetworkEnsemble const& networks);
NetworkEnsemble read_networks(File const& file, std::int64_t format_version, std::int64_t inputs, std::int64_t targets);

}  // namespace hadronforce
