#include "lab/matrix/campaign.h"

#include "lab/scenario/yaml-reader.h"

namespace bouncelab::matrix
{

namespace
{

using scenario::TextNode;

/// One value needs no brackets: `KEY: 4..9` says the same as `KEY: [4..9]`.
void
PutIntoLists(TextNode* map)
{
    if (map == nullptr || map->kind != TextNode::Kind::Map)
    {
        return;
    }
    for (TextNode& item : map->items)
    {
        if (item.kind == TextNode::Kind::Scalar)
        {
            TextNode list;
            list.kind = TextNode::Kind::List;
            list.at = item.at;
            list.items.push_back(std::move(item));
            item = std::move(list);
        }
    }
}

} // namespace

Campaign
LoadCampaign(const std::string& path)
{
    TextNode root = scenario::LoadTree(path);
    if (TextNode* over = root.Find("over"))
    {
        PutIntoLists(over->Find("product"));
        PutIntoLists(over->Find("zip"));
        if (TextNode* hypercube = over->Find("latin-hypercube"))
        {
            PutIntoLists(hypercube->Find("over"));
        }
    }
    Campaign campaign;
    scenario::YamlReader(nullptr, campaign.marks, &campaign.faults)
        .ReadStruct(root, "", ValueOf(campaign.config));
    return campaign;
}

bool
IsCampaign(const std::string& path)
{
    const TextNode root = scenario::LoadTree(path);
    return root.Find("base") == nullptr && root.Find("variants") == nullptr;
}

} // namespace bouncelab::matrix
