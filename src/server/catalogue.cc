#include "server/catalogue.h"

#include <fstream>
#include <string>
#include <utility>

namespace claviger::server {

StartResult<std::unique_ptr<const directory::LoadedCatalogue>> LoadCatalogue(const std::filesystem::path& file) {
  const auto fail = [&](const std::string& why) {
    return Failure<StartError>{"the catalogue of managed policies " + file.string() + ": " + why};
  };
  std::error_code error;
  const auto size = std::filesystem::file_size(file, error);
  std::ifstream in(file, std::ios::binary);
  if (error || !in) return fail("it cannot be opened");
  std::string text(size, '\0');
  if (!in.read(text.data(), static_cast<std::streamsize>(size))) return fail("it cannot be read");
  auto catalogue = directory::LoadedCatalogue::Parse(text);
  if (!catalogue.ok()) return fail(catalogue.error().message);
  return std::move(catalogue).value();
}

}  // namespace claviger::server
