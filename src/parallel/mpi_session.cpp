#include "hadronforce/parallel/mpi_session.hpp"

#include <mpi.h>

#include <exception>

namespace hadronforce {

MpiSession::MpiSession(int& argc, char**& argv) { MPI_Init(&argc, &argv); }

MpiSession::~MpiSession() {
    if (std::uncaught_exceptions() == 0) MPI_Finalize();
}

}  // namespace hadronforce
