#include "hadronforce/parallel/communicator.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace hadronforce {
namespace {

// MPI counts are int: larger buffers go in pieces, the same on every rank.
template <class T, class Operation>
void in_pieces(T* values, std::size_t count, Operation const& operation) {
    constexpr std::size_t piece = std::numeric_limits<int>::max() / 2;
    for (std::size_t done = 0; done < count; done += piece)
        operation(values + done, static_cast<int>(std::min(piece, count - done)));
}

template <class T>
T reduce_one(T value, MPI_Datatype type, MPI_Op operation, MPI_Comm comm) {
    MPI_Allreduce(MPI_IN_PLACE, &value, 1, type, operation, comm);
    return value;
}

}  // namespace

Communicator::Communicator(MPI_Comm handle, bool owned) : handle_(handle), owned_(owned) {
    MPI_Comm_rank(handle_, &rank_);
    MPI_Comm_size(handle_, &size_);
}

Communicator Communicator::world() { return {MPI_COMM_WORLD, false}; }

Communicator Communicator::self() { return {MPI_COMM_SELF, false}; }

Communicator::Communicator(Communicator&& other) noexcept
    : handle_(std::exchange(other.handle_, MPI_COMM_NULL)),
      owned_(std::exchange(other.owned_, false)),
      rank_(other.rank_),
      size_(other.size_) {}

Communicator& Communicator::operator=(Communicator&& other) noexcept {
    std::swap(handle_, other.handle_);
    std::swap(owned_, other.owned_);
    std::swap(rank_, other.rank_);
    std::swap(size_, other.size_);
    return *this;
}

Communicator::~Communicator() {
    int finalized = 0;
    MPI_Finalized(&finalized);
    if (owned_ && finalized == 0) MPI_Comm_free(&handle_);
}

Communicator Communicator::duplicate() const {
    MPI_Comm copy = MPI_COMM_NULL;
    MPI_Comm_dup(handle_, &copy);
    return {copy, true};
}

Communicator Communicator::split(int colour) const {
    MPI_Comm part = MPI_COMM_NULL;
    MPI_Comm_split(handle_, colour, rank_, &part);
    return {part, true};
}

int Communicator::rank_on_machine() const {
    MPI_Comm machine = MPI_COMM_NULL;
    MPI_Comm_split_type(handle_, MPI_COMM_TYPE_SHARED, rank_, MPI_INFO_NULL, &machine);
    return Communicator(machine, true).rank();
}

void Communicator::barrier() const { MPI_Barrier(handle_); }

std::string Communicator::broadcast(std::string const& text, int root) const {
    std::int64_t length = static_cast<std::int64_t>(text.size());
    broadcast(&length, 1, root);
    std::string copy = text;
    copy.resize(static_cast<std::size_t>(length));
    in_pieces(copy.data(), copy.size(), [&](char* part, int n) { MPI_Bcast(part, n, MPI_CHAR, root, handle_); });
    return copy;
}

void Communicator::broadcast(double* values, std::size_t count, int root) const {
    in_pieces(values, count, [&](double* part, int n) { MPI_Bcast(part, n, MPI_DOUBLE, root, handle_); });
}

void Communicator::broadcast(std::int64_t* values, std::size_t count, int root) const {
    in_pieces(values, count, [&](std::int64_t* part, int n) { MPI_Bcast(part, n, MPI_INT64_T, root, handle_); });
}

void Communicator::sum(double* values, std::size_t count) const {
    in_pieces(values, count,
              [&](double* part, int n) { MPI_Allreduce(MPI_IN_PLACE, part, n, MPI_DOUBLE, MPI_SUM, handle_); });
}

void Communicator::sum(float* values, std::size_t count) const {
    in_pieces(values, count,
              [&](float* part, int n) { MPI_Allreduce(MPI_IN_PLACE, part, n, MPI_FLOAT, MPI_SUM, handle_); });
}

void Communicator::sum(std::int64_t* values, std::size_t count) const {
    in_pieces(values, count,
              [&](std::int64_t* part, int n) { MPI_Allreduce(MPI_IN_PLACE, part, n, MPI_INT64_T, MPI_SUM, handle_); });
}

double Communicator::max(double value) const { return reduce_one(value, MPI_DOUBLE, MPI_MAX, handle_); }
std::int64_t Communicator::max(std::int64_t value) const { return reduce_one(value, MPI_INT64_T, MPI_MAX, handle_); }
std::int64_t Communicator::min(std::int64_t value) const { return reduce_one(value, MPI_INT64_T, MPI_MIN, handle_); }
std::int64_t Communicator::sum(std::int64_t value) const { return reduce_one(value, MPI_INT64_T, MPI_SUM, handle_); }

}  // namespace hadronforce
