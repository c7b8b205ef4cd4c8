#ifndef BOUNCELAB_LAB_SCENARIO_MIDDLEBOXES_H
#define BOUNCELAB_LAB_SCENARIO_MIDDLEBOXES_H

#include "formats/field.h"
#include "models/middlebox/censor-config.h"
#include "models/middlebox/injector-config.h"
#include "models/middlebox/interception-proxy-config.h"
#include "models/middlebox/syn-proxy-config.h"

#include <map>
#include <string>
#include <tuple>

namespace bouncelab::scenario
{

/**
 * The boxes between hosts, by kind and name. A kind is a member, and named in Kinds(): checks and
 * world walk them, so nothing else has to know it.
 */
struct Middleboxes
{
    std::map<std::string, PersonaRef<middlebox::InjectorConfig>> injectors =
        Field(&injectors, "injectors") |
        "On-path injectors, by name: a persona of `models/personas/injectors`, or one of no known "
        "make that is all in its keys.";
    std::map<std::string, PersonaRef<middlebox::CensorConfig>> censors =
        Field(&censors, "censors") |
        "In-path censors, by name: a persona of `models/personas/censors`, or one of no known make "
        "that is all in its keys.";
    std::map<std::string, middlebox::InterceptionProxyConfig> proxies =
        Field(&proxies, "proxies") | "Interception proxies, by name.";
    std::map<std::string, middlebox::SynProxyConfig> synProxies =
        Field(&synProxies, "syn-proxies") | "SYN proxies, by name.";

    auto Kinds() const { return std::tie(injectors, censors, proxies, synProxies); }
};

} // namespace bouncelab::scenario

#endif // BOUNCELAB_LAB_SCENARIO_MIDDLEBOXES_H
