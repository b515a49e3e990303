#include "hadronforce/lattice/correlator_file.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "lattice/ensemble_attributes.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace hadronforce {
namespace {

constexpr char const* remedy = "import the correlators again";

/// Numbers that must be whole, as integers.
std::vector<std::int64_t> whole(RowMatrixXd const& values, std::string const& where) {
    std::vector<std::int64_t> result;
    for (double const value : values.reshaped<Eigen::RowMajor>()) {
        if (!(std::abs(value) < 1e9) || value != std::round(value))
            throw InputError(fmt::format("{}: holds {} where whole numbers are needed; {}", where, value, remedy));
        result.push_back(static_cast<std::int64_t>(value));
    }
    return result;
}

}  // namespace

CorrelatorFile::CorrelatorFile(Communicator const& comm, std::string const& path)
    : file_(comm, path, File::Mode::read),
      provenance_(read_provenance(file_, "correlator", correlator_format_version)),
      ensemble_(read_ensemble(file_)),
      samples_(0),
      orbits_(read_orbits()) {
    agree(comm, [&] {
        try {
            samples_ = sample_count(ensemble_.resampling, ensemble_.configurations);
        } catch (InputError const& error) {
            throw InputError(fmt::format("{}:/@configurations: {}", path, error.what()));
        }
    });
    read_times();
    check_shapes();
}

CubicOrbits CorrelatorFile::read_orbits() {
    RowMatrixXd const points = file_.read_all("/points");
    RowMatrixXd const multiplicity = file_.read_all("/multiplicity");
    RowMatrixXd const r = file_.read_all("/r");
    auto const where = [&](char const* name) { return path() + ":" + name; };
    CubicOrbits orbits(1);
    agree(file_.comm(), [&] {
        try {
            orbits = CubicOrbits(ensemble_.spatial_extent);
        } catch (InputError const& error) {
            throw InputError(where("/@L") + ": " + error.what());
        }
        if (points.cols() != 3 || multiplicity.rows() != points.rows() || r.rows() != points.rows())
            throw InputError(fmt::format("{}: does not fit /multiplicity and /r, one row a point is needed; {}",
                                         where("/points"), remedy));
        auto const coordinates = whole(points, where("/points"));
        point_of_orbit_.assign(static_cast<std::size_t>(orbits.size()), -1);
        for (Eigen::Index p = 0; p < points.rows(); ++p) {
            auto const* const c = coordinates.data() + 3 * p;
            auto const named = fmt::format("{}: row {}, ({}, {}, {}),", where("/points"), p, c[0], c[1], c[2]);
            CubicOrbits::Site const site{static_cast<int>(c[0]), static_cast<int>(c[1]), static_cast<int>(c[2])};
            if (!orbits.is_representative(site))
                throw InputError(
                    fmt::format("{} does not represent an orbit; L/2 >= x >= y >= z >= 0 is needed with "
                                "L = {}, is this another lattice?",
                                named, ensemble_.spatial_extent));
            auto& point = point_of_orbit_[static_cast<std::size_t>(orbits.orbit_of(site[0], site[1], site[2]))];
            if (point >= 0) throw InputError(fmt::format("{} occurs twice; {}", named, remedy));
            point = p;
        }
        double const volume = std::pow(static_cast<double>(ensemble_.spatial_extent), 3);
        if (double const sum = multiplicity.sum(); sum != volume)
            throw InputError(fmt::format("{}: adds to {} and not to L^3 = {}; sites of all orbits are needed",
                                         where("/multiplicity"), sum, volume));
        for (Eigen::Index orbit = 0; orbit < orbits.size(); ++orbit) {
            Eigen::Index const point = point_of_orbit_[static_cast<std::size_t>(orbit)];
            if (point < 0)
                throw InputError(
                    fmt::format("{}: lacks orbit {} of {}; {}", where("/points"), orbit, orbits.size(), remedy));
            if (multiplicity(point, 0) != orbits.multiplicity()[orbit])
                throw InputError(fmt::format("{}: row {} is {}, the orbit has {} sites; {}", where("/multiplicity"),
                                             point, multiplicity(point, 0), orbits.multiplicity()[orbit], remedy));
            if (!(std::abs(r(point, 0) - orbits.r()[orbit]) < 1e-9 * (1.0 + orbits.r()[orbit])))
                throw InputError(fmt::format("{}: row {} is {}, |r| of its site is {}; {}", where("/r"), point,
                                             r(point, 0), orbits.r()[orbit], remedy));
        }
    });
    return orbits;
}

void CorrelatorFile::read_times() {
    RowMatrixXd const values = file_.read_all("/t");
    agree(file_.comm(), [&] {
        times_ = whole(values, path() + ":/t");
        if (times_.empty()) throw InputError(fmt::format("{}:/t: is empty; {}", path(), remedy));
        for (std::size_t i = 0; i < times_.size(); ++i)
            if (times_[i] < 0 || times_[i] >= ensemble_.temporal_extent || (i > 0 && times_[i] <= times_[i - 1]))
                throw InputError(fmt::format("{}:/t: entry {} is {}; times must ascend within 0 ... T - 1 = {}", path(),
                                             i, times_[i], ensemble_.temporal_extent - 1));
    });
}

void CorrelatorFile::check_shapes() const {
    std::vector<std::int64_t> const slices{static_cast<std::int64_t>(times_.size()), orbits_.size()};
    std::vector<std::int64_t> const all{samples_, slices[0], slices[1]};
    auto const check = [&](std::string const& name, std::vector<std::int64_t> const& expected) {
        auto const shape = file_.shape(name);
        agree(file_.comm(), [&] {
            if (shape != expected)
                throw InputError(
                    fmt::format("{}:{}: has shape {}; {} is needed for its bins, times and points, "
                                "were bins of different length or lattices mixed?",
                                path(), name, fmt::join(shape, " x "), fmt::join(expected, " x ")));
        });
    };
    check("/R", all);
    check("/ensemble_R", slices);
}

Eigen::Index CorrelatorFile::time_index(std::int64_t t, int reach) const {
    for (std::int64_t neighbour = t - reach; neighbour <= t + reach; ++neighbour)
        if (std::find(times_.begin(), times_.end(), neighbour) == times_.end())
            throw InputError(fmt::format("{}:/t: lacks t = {}{}; it has {}", path(), neighbour,
                                         neighbour == t ? "" : fmt::format(", which derivatives at t = {} need", t),
                                         fmt::join(times_, ", ")));
    return std::find(times_.begin(), times_.end(), t) - times_.begin();
}

CorrelatorFile::TimeWindow CorrelatorFile::time_window(std::int64_t t, int reach, bool one_sided) const {
    time_index(t);
    if (one_sided)
        for (int distance = 1; distance <= reach; ++distance)
            for (int const offset : {distance, -distance}) {
                auto const has = [&](std::int64_t slice) {
                    return std::find(times_.begin(), times_.end(), slice) != times_.end();
                };
                bool centred = true, moved = true;
                for (int step = -reach; step <= reach; ++step) {
                    centred = centred && has(t + step);
                    moved = moved && has(t + offset + step);
                }
                if (!centred && moved) return {time_index(t + offset, reach) - reach, offset};
            }
    return {time_index(t, reach) - reach, 0};
}

void CorrelatorFile::arrange(RowMatrixXd& values, std::string const& name, std::string const& row_name,
                             std::int64_t first) const {
    Eigen::Index const points = orbits_.size();
    Eigen::RowVectorXd in_file(points);
    for (Eigen::Index row = 0; row < values.rows(); ++row)
        for (Eigen::Index begin = 0; begin < values.cols(); begin += points) {
            in_file = values.row(row).segment(begin, points);
            for (Eigen::Index orbit = 0; orbit < points; ++orbit) {
                Eigen::Index const point = point_of_orbit_[static_cast<std::size_t>(orbit)];
                double const value = in_file[point];
                if (value == 0.0 || !std::isfinite(value))
                    throw InputError(fmt::format(
                        "{}:{}: {} {}, {}point {} is {}; {}", path(), name, row_name, first + row,
                        values.cols() > points ? fmt::format("slice {}, ", begin / points) : "", point, value, remedy));
                values(row, begin + orbit) = value;
            }
        }
}

RowMatrixXd CorrelatorFile::R(IndexRange rows) const {
    RowMatrixXd values = file_.read_rows("/R", rows);
    agree(file_.comm(), [&] { arrange(values, "/R", "sample", rows.begin); });
    return values;
}

RowMatrixXd CorrelatorFile::ensemble_R() const {
    RowMatrixXd values = file_.read_all("/ensemble_R");
    agree(file_.comm(), [&] { arrange(values, "/ensemble_R", "slice", 0); });
    return values;
}

void require_same_lattice(CorrelatorFile const& first, CorrelatorFile const& second) {
    auto const& a = first.ensemble();
    auto const& b = second.ensemble();
    auto const compare = [&](char const* name, auto const& x, auto const& y) {
        if (!(x == y))
            throw InputError(fmt::format("{}: {} is {}, but {} in {}; take files of one ensemble and resampling",
                                         second.path(), name, y, x, first.path()));
    };
    compare("L", a.spatial_extent, b.spatial_extent);
    compare("T", a.temporal_extent, b.temporal_extent);
    compare("inverse_a_MeV", a.inverse_a_MeV, b.inverse_a_MeV);
    for (std::size_t i = 0; i < 2; ++i) compare("a baryon mass", a.baryons[i].mass_a, b.baryons[i].mass_a);
    compare("resampling", name_of(a.resampling.kind), name_of(b.resampling.kind));
    compare("configurations", a.configurations, b.configurations);
    compare("bin_size", a.resampling.bin_size, b.resampling.bin_size);
    compare("number of samples", first.samples(), second.samples());
}

}  // namespace hadronforce
