#include "hadronforce/learning/network_forms.hpp"

#include "learning/networks/architecture.hpp"

namespace hadronforce {

std::vector<NetworkForm> const& network_forms() {
    static std::vector<NetworkForm> const all{networks::mlp(), networks::residual()};
    return all;
}

std::vector<std::string> network_form_names() {
    std::vector<std::string> names;
    for (auto const& form : network_forms()) names.push_back(form.name);
    return names;
}

}  // namespace hadronforce
