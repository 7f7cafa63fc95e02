#include "service/entity.h"

#include <utility>

namespace claviger::service {

Result<std::optional<Entity>> FindEntity(directory::Directory& directory, std::string_view type,
                                         std::string_view name) {
  if (type == "user") {
    auto user = TRY(directory.users.Find(name));
    if (!user) return std::optional<Entity>();
    return std::optional(
        Entity{.path = std::move(user->path), .name = std::move(user->name), .tags = std::move(user->tags)});
  }
  return std::optional<Entity>();
}

}  // namespace claviger::service
