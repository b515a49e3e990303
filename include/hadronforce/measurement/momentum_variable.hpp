#pragma once

#include <string>

namespace hadronforce {

/// What a config says of the momentum of a table, where that does not.
struct MomentumReading {
    std::string momentum;    ///< "k_star", or "q_inv" for 2 k*; empty: as the variable calls itself
    std::string unit;        ///< "MeV", "GeV" (over c) or "1/fm"; empty: as the table says
    bool unchecked = false;  ///< what the table itself says otherwise, of the units of its values too, does not count
};

/// Factor that turns the momenta of a variable into k* in MeV/c. Its units are those of its header or, where that has
/// none, of its name, "k* [MeV/c]". Throws InputError "where: ..." for units that are no momentum's, for a name that is
/// not k*: Q and q_inv are 2 k*, and others something else; what is meant the reading has to say; and where what the
/// reading says contradicts the header or the name, unless `unchecked`.
double factor_to_k_star_MeV(std::string const& name, std::string const& units, MomentumReading const& reading,
                            std::string const& where);

/// The factor of a column of a CSV, whose name may state its unit (unit_in_name); MeV where it does not. Throws
/// InputError as factor_to_k_star_MeV does, for names only where they are Q's and the reading does not say what is
/// meant.
double factor_of_column(std::string const& column, MomentumReading const& reading, std::string const& where);

}  // namespace hadronforce
