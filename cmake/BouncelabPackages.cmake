# What the libraries link: for the build, and for whoever uses them installed.

find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(GMIME REQUIRED IMPORTED_TARGET GLOBAL gmime-3.0)

# An own target per ns-3 module: the packaged config asks for libraries that we do not use, and
# names folders of the machine that built it.
# bouncelab_ns3(MODULE [MODULE that it needs ...]) makes bouncelab::ns3-MODULE.
function(bouncelab_ns3 module)
  if(TARGET bouncelab::ns3-${module})
    return()
  endif()
  find_library(BOUNCELAB_NS3_${module} ns3-${module} REQUIRED)
  add_library(bouncelab::ns3-${module} INTERFACE IMPORTED GLOBAL)
  target_link_libraries(bouncelab::ns3-${module} INTERFACE ${BOUNCELAB_NS3_${module}})
  # Class layouts depend on NS3_LOG_ENABLE: it has to be as Debian built the library.
  target_compile_definitions(bouncelab::ns3-${module} INTERFACE NS3_LOG_ENABLE NS3_BUILD_PROFILE_RELEASE)
  foreach(needed ${ARGN})
    target_link_libraries(bouncelab::ns3-${module} INTERFACE bouncelab::ns3-${needed})
  endforeach()
endfunction()
bouncelab_ns3(core)
bouncelab_ns3(network)
bouncelab_ns3(internet)
bouncelab_ns3(point-to-point network)
