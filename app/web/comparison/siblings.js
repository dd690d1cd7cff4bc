/**
 * The models of the same images, this one among them, the fewest numbers first.
 * @param {import("../core/api.js").Api} api @param {import("../core/api.js").Card} card
 * @returns {Promise<import("../core/api.js").ModelEntry[]>}
 */
export async function siblingsOf(api, card) {
  const listed = await api.models();
  const alike = ({ dataset, fingerprint, has_images: hasImages }) =>
    dataset === card.dataset && (hasImages || fingerprint === card.data.fingerprint);
  return listed.filter(alike).sort((a, b) => a.latent_dim - b.latent_dim || a.name.localeCompare(b.name));
}
