#pragma once

#include <mpi.h>

#include <cstdint>
#include <string>
#include <vector>

namespace hadronforce {

/// An MPI communicator. Move-only: a copy would be collective, so it is called `duplicate()`.
class Communicator {
  public:
    /// MPI_COMM_WORLD; owns nothing.
    static Communicator world();
    /// MPI_COMM_SELF, this process alone; owns nothing.
    static Communicator self();

    Communicator(Communicator&& other) noexcept;
    Communicator& operator=(Communicator&& other) noexcept;
    Communicator(Communicator const&) = delete;
    Communicator& operator=(Communicator const&) = delete;
    ~Communicator();

    int rank() const noexcept { return rank_; }
    int size() const noexcept { return size_; }
    bool is_root() const noexcept { return rank_ == 0; }
    MPI_Comm handle() const noexcept { return handle_; }

    /// Collective.
    Communicator duplicate() const;
    /// Collective. Ranks of one colour share the new communicator, ordered as here.
    Communicator split(int colour) const;
    /// Collective. Among the ranks on this rank's machine.
    int rank_on_machine() const;
    /// Collective.
    void barrier() const;
    /// Collective. The root's text, on every rank.
    std::string broadcast(std::string const& text, int root = 0) const;
    /// Collective. Overwrites `values` (same length on all ranks) with the root's.
    void broadcast(double* values, std::size_t count, int root = 0) const;
    void broadcast(std::int64_t* values, std::size_t count, int root = 0) const;
    /// Collective. Element-wise reductions in place; the order of summation is MPI's.
    void sum(double* values, std::size_t count) const;
    void sum(float* values, std::size_t count) const;
    void sum(std::int64_t* values, std::size_t count) const;
    double max(double value) const;
    std::int64_t max(std::int64_t value) const;
    std::int64_t min(std::int64_t value) const;
    std::int64_t sum(std::int64_t value) const;

  private:
    Communicator(MPI_Comm handle, bool owned);
    MPI_Comm handle_ = MPI_COMM_NULL;
    bool owned_ = false;
    int rank_ = 0;
    int size_ = 1;
};

}  // namespace hadronforce
