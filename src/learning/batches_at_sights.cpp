#include "learning/batches.hpp"

namespace hadronforce {
namespace {

class AtSights final : public Batches {
  public:
    AtSights(BatchesPointer of_correlations, FeatureTransform transform, std::int64_t seed, Precision precision)
        : of_correlations_(std::move(of_correlations)),
          transform_(std::move(transform)),
          seed_(seed),
          precision_(precision) {}

    std::int64_t total() const override { return of_correlations_->total(); }

    Batch part(std::int64_t epoch, IndexRange places) override {
        auto batch = of_correlations_->part(epoch, places);
        auto const values = batch.inputs.to(torch::kFloat64).contiguous();
        RowMatrixXd const correlation =
            Eigen::Map<RowMatrixXd const>(values.data_ptr<double>(), values.size(0), values.size(1));
        batch.inputs = tensor_of(features_at_sights(transform_, correlation, seed_, batch.sights), precision_);
        return batch;
    }

  private:
    BatchesPointer of_correlations_;
    FeatureTransform transform_;
    std::int64_t seed_;
    Precision precision_;
};

}  // namespace

BatchesPointer batches_at_sights(BatchesPointer of_correlations, FeatureTransform transform, std::int64_t seed,
                                 Precision precision) {
    return std::make_shared<AtSights>(std::move(of_correlations), std::move(transform), seed, precision);
}

}  // namespace hadronforce
