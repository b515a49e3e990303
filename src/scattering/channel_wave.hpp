#pragma once

#include "hadronforce/scattering/coupled_channels.hpp"

#include <complex>

namespace hadronforce {

/// The free (or Coulomb) waves of one channel at one radius r.
struct ChannelWave {
    bool open;
    double wave_number_per_fm;                 ///< of a closed channel, kappa
    double f = 0.0;                            ///< F_l(kr); of open channels alone
    double f_slope = 0.0;                      ///< dF/dr
    std::complex<double> out = 1.0;            ///< G_l + i F_l; infinite where it is beyond the range of a double
    std::complex<double> out_log_slope = 0.0;  ///< (d out/dr)/out; of closed channels, of the decaying wave
};

ChannelWave channel_wave(Channel const& channel, double k_squared_per_fm2, double radius_fm);

/// Throws InputError where a charged channel is so close to its threshold that eta leaves the range of the functions;
/// `index`, from 0, is for the message.
void check_channel_eta(Channel const& channel, int index, double k_squared_per_fm2);

}  // namespace hadronforce
