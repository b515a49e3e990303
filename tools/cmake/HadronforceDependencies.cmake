# What the project is built from; docs/dependencies.md says why each is here.

find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(Boost 1.74 REQUIRED)
if(HADRONFORCE_TESTS)
  find_package(GTest REQUIRED)
  find_package(GSL)  # an independent solver for tests; without it they are skipped
endif()
if(HADRONFORCE_BENCH)
  find_package(benchmark REQUIRED)
endif()

if(NOT HADRONFORCE_PHYSICS_ONLY)
  find_package(MPI REQUIRED COMPONENTS C CXX)
  set(HDF5_PREFER_PARALLEL TRUE)
  find_package(HDF5 REQUIRED COMPONENTS C)
  if(NOT HDF5_IS_PARALLEL)
    message(FATAL_ERROR
      "HDF5 was found without MPI support; install libhdf5-openmpi-dev or set HDF5_ROOT to a parallel HDF5")
  endif()
  find_package(yaml-cpp 0.7 REQUIRED)
  find_package(CLI11 REQUIRED)
  find_package(fmt REQUIRED)
  find_package(OpenSSL REQUIRED COMPONENTS Crypto)
  find_path(LIBDEFLATE_INCLUDE_DIR libdeflate.h REQUIRED)
  find_path(RANDOM123_INCLUDE_DIR Random123/philox.h REQUIRED)
  add_library(hadronforce_hdf5 INTERFACE)
  target_include_directories(hadronforce_hdf5 SYSTEM INTERFACE ${HDF5_C_INCLUDE_DIRS})
  target_link_libraries(hadronforce_hdf5 INTERFACE ${HDF5_C_LIBRARIES} MPI::MPI_C)
endif()

if(HADRONFORCE_LEARNING)
  find_package(Torch REQUIRED)
endif()
