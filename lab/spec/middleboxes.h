#ifndef BOUNCELAB_LAB_SPEC_MIDDLEBOXES_H
#define BOUNCELAB_LAB_SPEC_MIDDLEBOXES_H

#include "formats/describe.h"
#include "models/middlebox/injector-config.h"
#include "models/middlebox/interception-proxy-config.h"
#include "models/middlebox/syn-proxy-config.h"

#include <map>
#include <string>

namespace bouncelab::spec
{

/**
 * The boxes between hosts, by kind and name. A kind is a member and a row below: checks and world
 * walk the rows, so nothing else has to know it.
 */
struct Middleboxes
{
    std::map<std::string, middlebox::InjectorConfig> injectors;
    std::map<std::string, middlebox::InterceptionProxyConfig> proxies;
    std::map<std::string, middlebox::SynProxyConfig> synProxies;
};

template <class Visitor>
void
Describe(Visitor& v, Middleboxes& m)
{
    v.Field("injectors", m.injectors, {"On-path injectors, by name."});
    v.Field("proxies", m.proxies, {"Interception proxies, by name."});
    v.Field("syn-proxies", m.synProxies, {"SYN proxies, by name."});
}

} // namespace bouncelab::spec

#endif // BOUNCELAB_LAB_SPEC_MIDDLEBOXES_H
