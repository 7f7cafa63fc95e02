// `claviger explain`: why a request was denied, from the data of the server that denied it.
#pragma once

#include <functional>
#include <istream>
#include <optional>
#include <string>
#include <string_view>

namespace CLI {
class App;
}  // namespace CLI

namespace claviger::cli {

// Adds `explain`; what the user asks is left in `chosen`, which returns the exit code.
void AddExplainCommand(CLI::App& app, std::function<int()>& chosen);

// The JSON of a decoded authorization message (service/authorization_message.h) as text for people; the JSON itself if
// it has another form.
std::string DescribeDenial(std::string_view json);

// The encoded message of the request in an access log; nullopt when the log has no such request or it was not denied.
std::optional<std::string> FindInAccessLog(std::istream& log, std::string_view request_id);

}  // namespace claviger::cli
