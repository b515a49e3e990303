#include "hadronforce/parallel/twofold_sum.hpp"

#include <algorithm>
#include <cmath>

namespace hadronforce {
namespace {

constexpr std::size_t largest_piece = std::size_t{1} << 26U;  // MPI counts are int

}  // namespace

// Knuth's sum without error, of the values and of the rests, and what they leave carried up.
void TwofoldSum::Pair::add(Pair const& other) {
    double const sum = value + other.value;
    double const of_other = sum - value;
    double const error = (value - (sum - of_other)) + (other.value - of_other);
    double const rests = rest + other.rest;
    double const of_other_rest = rests - rest;
    double const error_of_rests = (rest - (rests - of_other_rest)) + (other.rest - of_other_rest);
    double const carried = error + rests;
    double const high = sum + carried;
    double const low = (carried - (high - sum)) + error_of_rests;
    value = high + low;
    rest = low - (value - high);
}

void TwofoldSum::add_pairs(void* in, void* in_out, int* count, MPI_Datatype* /*type*/) {
    auto const* const from = static_cast<Pair const*>(in);
    auto* const to = static_cast<Pair*>(in_out);
    for (int i = 0; i < *count; ++i) to[i].add(from[i]);
}

void TwofoldSum::reduce(Communicator const& comm) {
    MPI_Datatype pair = MPI_DATATYPE_NULL;
    MPI_Type_contiguous(2, MPI_DOUBLE, &pair);
    MPI_Type_commit(&pair);
    MPI_Op operation = MPI_OP_NULL;
    MPI_Op_create(&TwofoldSum::add_pairs, 1, &operation);
    for (std::size_t done = 0; done < pairs_.size(); done += largest_piece)
        MPI_Allreduce(MPI_IN_PLACE, pairs_.data() + done,
                      static_cast<int>(std::min(largest_piece, pairs_.size() - done)), pair, operation, comm.handle());
    MPI_Op_free(&operation);
    MPI_Type_free(&pair);
}

double TwofoldSum::minus_product(std::size_t place, double a, double b) const {
    double const product = a * b;
    Pair difference = pairs_[place];
    difference.add({-product, -std::fma(a, b, -product)});
    return difference.value + difference.rest;
}

}  // namespace hadronforce
