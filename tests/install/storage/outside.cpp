#include <hadronforce/config/section.hpp>
#include <hadronforce/parallel/mpi_session.hpp>
#include <hadronforce/storage/provenance.hpp>

#include <cstdio>

// A file written and read through the installed libraries.
int main(int argc, char** argv) {
    using namespace hadronforce;
    MpiSession const session(argc, argv);
    auto const world = Communicator::world();
    auto const config = Config::from_text("rows: 5\n", "here");
    auto const rows = config.root().required<std::int64_t>("rows");
    RowMatrixXd const values = RowMatrixXd::Random(rows, 3);
    {
        File file(world, "outside.h5", File::Mode::create);
        write_provenance(file, {"outside", 1, config.resolved(), 0});
        file.write_all("/values", values, Precision::float64, {"1", "random numbers", {"row", "column"}});
        file.close();
    }
    File const file(world, "outside.h5", File::Mode::read);
    bool const same = file.read_all("/values") == values && read_provenance(file, "outside", 1).config == "rows: 5\n";
    std::printf("%s: %s\n", program_version().c_str(), same ? "same" : "different");
    return same ? 0 : 1;
}
