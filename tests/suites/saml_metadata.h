// SAML metadata of an identity provider, for tests.
#pragma once

#include <string>

namespace claviger {

// A KeyDescriptor; `use` is "" for none.
inline std::string SamlKey(const std::string& certificate, const std::string& use = "signing") {
  std::string text = "<KeyDescriptor";
  if (!use.empty()) text += " use=\"" + use + "\"";
  return text + "><KeyInfo xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><X509Data><X509Certificate>\n" + certificate +
         "\n</X509Certificate></X509Data></KeyInfo></KeyDescriptor>";
}

// An EntityDescriptor with the role of an identity provider that has these keys.
inline std::string SamlEntity(const std::string& keys, const std::string& entity_id = "https://idp.example.com/") {
  return "<EntityDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"" + entity_id +
         "\" validUntil=\"2020-01-01T00:00:00Z\"><IDPSSODescriptor "
         "protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">" +
         keys +
         "<SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect\" "
         "Location=\"https://idp.example.com/sso\"/></IDPSSODescriptor></EntityDescriptor>";
}

}  // namespace claviger
