#pragma once

#include <string>

namespace hadronforce {

/// What a config says of the momentum of a table, whose own names it overrules.
struct MomentumReading {
    std::string momentum;  ///< "k_star", or "q_inv" for 2 k*; empty: as the variable calls itself
    std::string unit;      ///< "MeV", "GeV" (over c) or "1/fm"; empty: as the table says
};

/// Factor that turns the momenta of a variable into k* in MeV/c. Its units are those of its header or, where that has
/// none, of its name, "k* [MeV/c]". Throws InputError "where: ..." for units that are no momentum's, and for a name
/// that is not k*: Q and q_inv are 2 k*, and others something else; what is meant the reading has to say.
double factor_to_k_star_MeV(std::string const& name, std::string const& units, MomentumReading const& reading,
                            std::string const& where);

/// The factor of a column of a CSV whose name may end in _MeV or _GeV; MeV where it does not. Throws InputError for a
/// name that is Q's where the reading does not say what is meant.
double factor_of_column(std::string const& column, MomentumReading const& reading, std::string const& where);

}  // namespace hadronforce
