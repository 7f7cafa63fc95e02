// What the sources of this room share about libxml2 trees. For this room alone.
#pragma once

#include <libxml/parser.h>
#include <libxml/tree.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace claviger::federation {

struct XmlDeleter {
  void operator()(xmlDoc* document) const { xmlFreeDoc(document); }
  void operator()(xmlChar* text) const { xmlFree(text); }
};
using XmlDocument = std::unique_ptr<xmlDoc, XmlDeleter>;

inline constexpr std::string_view kAssertionSpace = "urn:oasis:names:tc:SAML:2.0:assertion";
inline constexpr std::string_view kProtocolSpace = "urn:oasis:names:tc:SAML:2.0:protocol";
inline constexpr std::string_view kSignatureSpace = "http://www.w3.org/2000/09/xmldsig#";
inline constexpr std::string_view kEncryptionSpace = "http://www.w3.org/2001/04/xmlenc#";

inline std::string_view XmlView(const xmlChar* text) {
  return text == nullptr ? std::string_view() : std::string_view(reinterpret_cast<const char*>(text));
}

inline bool IsElement(const xmlNode* node, std::string_view space, std::string_view name) {
  return node != nullptr && node->type == XML_ELEMENT_NODE && node->ns != nullptr && XmlView(node->ns->href) == space &&
         XmlView(node->name) == name;
}

// The children that are elements of this name.
inline std::vector<xmlNode*> ChildrenOf(const xmlNode* parent, std::string_view space, std::string_view name) {
  std::vector<xmlNode*> found;
  for (xmlNode* child = parent == nullptr ? nullptr : parent->children; child != nullptr; child = child->next) {
    if (IsElement(child, space, name)) found.push_back(child);
  }
  return found;
}

// The only such child; null when there is none, or more than one.
inline xmlNode* OnlyChild(const xmlNode* parent, std::string_view space, std::string_view name) {
  const auto found = ChildrenOf(parent, space, name);
  return found.size() == 1 ? found.front() : nullptr;
}

// An attribute without a namespace; empty when it is not there.
inline std::string AttributeOf(const xmlNode* node, const char* name) {
  const std::unique_ptr<xmlChar, XmlDeleter> value(
      node == nullptr ? nullptr : xmlGetNoNsProp(node, reinterpret_cast<const xmlChar*>(name)));
  return std::string(XmlView(value.get()));
}

// The text of an element that holds nothing but text, without white space around; nullopt for any other. Never a part
// of it: what stands between two pieces of text makes it none.
std::optional<std::string> TextOf(const xmlNode* node);

}  // namespace claviger::federation
