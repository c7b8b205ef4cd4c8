include(${CMAKE_CURRENT_LIST_DIR}/BouncelabPackages.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/bouncelabTargets.cmake)
