#include "hadronforce/dataset/dataset_files.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/parallel/agreement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace hadronforce {
SampleValues joined(std::vector<SampleValues> const& parts) {
    if (parts.size() == 1) return parts.front();
    auto const together = [&](RowMatrixXd SampleValues::*part) {
        Eigen::Index rows = 0;
        for (auto const& one : parts) rows += (one.*part).rows();
        RowMatrixXd all(rows, (parts.front().*part).cols());
        Eigen::Index at = 0;
        for (auto const& one : parts) {
            all.middleRows(at, (one.*part).rows()) = one.*part;
            at += (one.*part).rows();
        }
        return all;
    };
    SampleValues all{together(&SampleValues::parameters), together(&SampleValues::correlation),
                     together(&SampleValues::numbers)};
    for (auto const& one : parts) all.which.insert(all.which.end(), one.which.begin(), one.which.end());
    return all;
}

DatasetFiles::DatasetFiles(Communicator const& comm, std::vector<std::string> const& paths) : begin_{0} {
    for (auto const& path : paths) {
        files_.push_back(std::make_unique<DatasetFile>(comm, path));
        auto const other = files_.back()->difference_to(first());
        agree(comm, [&] {
            if (!other.empty())
                throw InputError(
                    fmt::format("{}: does not belong to {}: {}; files that are read as one must be of one "
                                "family",
                                path, paths.front(), other));
        });
        begin_.push_back(begin_.back() + files_.back()->samples());
    }
}

std::int64_t DatasetFiles::failed_samples() const {
    std::int64_t count = 0;
    for (auto const& file : files_) count += file->failed_samples();
    return count;
}

void DatasetFiles::allow_reading_alone() {
    for (auto& file : files_) file->allow_reading_alone();
}

template <class Read>
SampleValues DatasetFiles::of_files(IndexRange samples, bool skip_files_without, Read const& read) const {
    SampleValues all{RowMatrixXd(samples.size(), static_cast<Eigen::Index>(first().names().size())),
                     RowMatrixXd(samples.size(), first().k_star_MeV().size()),
                     RowMatrixXd(samples.size(), static_cast<Eigen::Index>(first().number_names().size()))};
    for (std::size_t i = 0; i < files_.size(); ++i) {
        auto const begin = std::clamp(samples.begin, begin_[i], begin_[i + 1]);
        auto const end = std::clamp(samples.end, begin, begin_[i + 1]);
        if (begin == end && skip_files_without) continue;
        auto const part = read(*files_[i], IndexRange{begin - begin_[i], end - begin_[i]});
        if (begin == end) continue;
        auto const at = begin - samples.begin, count = end - begin;
        all.parameters.middleRows(at, count) = part.parameters;
        all.correlation.middleRows(at, count) = part.correlation;
        all.numbers.middleRows(at, count) = part.numbers;
    }
    return all;
}

SampleValues DatasetFiles::read(IndexRange samples) const {
    return of_files(samples, false, [](DatasetFile const& file, IndexRange rows) {
        return SampleValues{file.parameters(rows), file.correlation(rows), file.numbers(rows)};
    });
}

SampleValues DatasetFiles::read_alone(IndexRange samples) const {
    return of_files(samples, true, [](DatasetFile const& file, IndexRange rows) {
        return SampleValues{file.parameters_alone(rows), file.correlation_alone(rows), file.numbers_alone(rows)};
    });
}

}  // namespace hadronforce
