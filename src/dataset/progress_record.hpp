#pragma once

#include <cstdint>
#include <string>

namespace hadronforce {

/// How many samples of `dataset.part` are finished: one line of fixed length beside it, so that a write is one system
/// call and a killed program leaves the old number or the new.
class ProgressRecord {
  public:
    explicit ProgressRecord(std::string dataset_path) : path_(std::move(dataset_path) + ".part.progress") {}

    /// 0 where there is no record.
    std::int64_t finished() const;
    /// Throws std::runtime_error where the disk refuses.
    void set_finished(std::int64_t samples) const;
    void remove() const;

  private:
    std::string path_;
};

}  // namespace hadronforce
