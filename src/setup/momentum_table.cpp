#include "hadronforce/setup/momentum_table.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/storage/csv_table.hpp"

#include <algorithm>

namespace hadronforce {

double MomentumTable::operator()(double at) const {
    auto const above = std::upper_bound(k_star_MeV.begin(), k_star_MeV.end(), at) - k_star_MeV.begin();
    if (above == 0) return values[0];
    if (above == k_star_MeV.size()) return values[above - 1];
    double const t = (at - k_star_MeV[above - 1]) / (k_star_MeV[above] - k_star_MeV[above - 1]);
    return (1.0 - t) * values[above - 1] + t * values[above];
}

MomentumTable read_momentum_table(std::string const& path, std::string const& column, bool may_be_negative,
                                  Communicator const& comm) {
    MomentumTable result;
    agree(comm, [&] {
        CsvTable const table = read_csv(path);
        result.k_star_MeV = table.values.col(table.column("k_star_MeV")).array();
        result.values = table.values.col(table.column(column)).array();
        auto const& k = result.k_star_MeV;
        for (Eigen::Index i = 0; i < k.size(); ++i) {
            if (!may_be_negative && result.values[i] < 0.0)
                throw InputError(table.where(i) + ": a " + column + " must not be negative");
            if (i > 0 && k[i] <= k[i - 1]) throw InputError(table.where(i) + ": k* must increase");
        }
    });
    return result;
}

}  // namespace hadronforce
