# What the build makes from model/: C++ in the build tree's gen/, never in src/.
find_package(Python3 REQUIRED COMPONENTS Interpreter)
set(GEN_DIR ${PROJECT_BINARY_DIR}/gen)
file(GLOB_RECURSE MODEL_FILES CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/model/*.json)
file(GLOB CODEGEN_FILES CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/codegen/*.py)

add_custom_command(
  OUTPUT ${GEN_DIR}/error_code.h ${GEN_DIR}/error_code.cc
  COMMAND Python3::Interpreter ${PROJECT_SOURCE_DIR}/codegen/error_codes.py ${PROJECT_SOURCE_DIR}/model ${GEN_DIR}
  DEPENDS ${MODEL_FILES} ${CODEGEN_FILES}
  VERBATIM)
add_library(gen_error_code STATIC ${GEN_DIR}/error_code.cc ${GEN_DIR}/error_code.h)
target_include_directories(gen_error_code PUBLIC ${PROJECT_BINARY_DIR})
target_link_libraries(gen_error_code PRIVATE claviger_options)
