#include "hadronforce/learning/network_forms.hpp"

#include "learning/networks/architecture.hpp"

#include <algorithm>

namespace hadronforce {

std::vector<NetworkForm> const& network_forms() {
    static std::vector<NetworkForm> const all{
#define HADRONFORCE_NETWORK(name) networks::name(),
#include "learning/networks/all_networks.hpp"
#undef HADRONFORCE_NETWORK
    };
    return all;
}

bool form_takes_points(std::string const& name) {
    auto const& all = network_forms();
    return std::any_of(all.begin(), all.end(),
                       [&](auto const& form) { return form.name == name && form.takes_points; });
}

std::vector<std::string> network_form_names() {
    std::vector<std::string> names;
    for (auto const& form : network_forms()) names.push_back(form.name);
    return names;
}

}  // namespace hadronforce
