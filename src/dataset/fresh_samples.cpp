#include "hadronforce/dataset/fresh_samples.hpp"

#include <cmath>
#include <stdexcept>

namespace hadronforce {
namespace {

constexpr std::uint64_t of_fresh_samples = std::uint64_t{1} << 63U;

}  // namespace

FreshSamples::FreshSamples(SampleFamily family, std::int64_t seed, Precision precision)
    : family_(std::move(family)),
      seed_(static_cast<std::uint64_t>(seed) | of_fresh_samples),
      precision_(precision),
      parameters_(static_cast<Eigen::Index>(family_.free.size())),
      momenta_(family_.k_low_MeV().size()),
      numbers_(static_cast<Eigen::Index>(family_.numbers().size())) {
    family_.curves.clear();
    sample_ = exact_solution(family_);
}

RowMatrixXd FreshSamples::rows(IndexRange samples) {
    RowMatrixXd all(samples.size(), parameters_ + momenta_ + numbers_);
    for (std::int64_t i = 0; i < samples.size(); ++i) {
        Eigen::VectorXd const values = family_.draw(seed_, samples.begin + i);
        all.row(i).head(parameters_) = values.transpose();
        Eigen::RowVectorXd correlation(momenta_), numbers(numbers_), curves(0);
        SampleRow row{correlation, numbers, curves};
        try {
            sample_(values, row);
            if (!correlation.allFinite()) throw std::runtime_error("C is not finite");
            if (precision_ == Precision::float32) correlation = correlation.cast<float>().cast<double>().eval();
            all.row(i).segment(parameters_, momenta_) = correlation;
            all.row(i).tail(numbers_) = numbers;
        } catch (std::runtime_error const&) {  // as `generate`, which marks it and goes on
            all.row(i).setConstant(std::nan(""));
        }
    }
    return all;
}

SampleValues FreshSamples::parts(RowMatrixXd const& rows, std::int64_t first) const {
    std::vector<Eigen::Index> solved;
    std::vector<std::int64_t> which;
    for (Eigen::Index i = 0; i < rows.rows(); ++i) {
        if (std::isnan(rows(i, 0))) continue;
        solved.push_back(i);
        which.push_back(first + i);
    }
    RowMatrixXd const kept = rows(solved, Eigen::all);
    return {kept.leftCols(parameters_), kept.middleCols(parameters_, momenta_), kept.rightCols(numbers_), which};
}

SampleValues FreshSamples::solve(IndexRange samples) { return parts(rows(samples), samples.begin); }

SampleValues FreshSamples::solve_together(Communicator const& comm, IndexRange samples) {
    auto const mine = share_of(samples.size(), comm.rank(), comm.size());
    RowMatrixXd all = RowMatrixXd::Zero(samples.size(), parameters_ + momenta_ + numbers_);
    all.middleRows(mine.begin, mine.size()) = rows({samples.begin + mine.begin, samples.begin + mine.end});
    comm.sum(all.data(), static_cast<std::size_t>(all.size()));
    return parts(all, samples.begin);
}

}  // namespace hadronforce
