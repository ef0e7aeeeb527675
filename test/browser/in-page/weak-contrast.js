/** Every text whose contrast with what lies under it is below WCAG AA: 4.5, or 3 for large text. */
() => {
  const parse = (text) => {
    const [red = 0, green = 0, blue = 0, alpha = 1] = (text.match(/[\d.]+/g) ?? []).map(Number);
    return [red, green, blue, alpha];
  };
  const over = (top, under) => [...[0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3])), 1];
  const linear = (value) => (value / 255 <= 0.03928 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = ([red, green, blue]) => 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  const backgroundOf = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) layers.push(parse(getComputedStyle(at).backgroundColor));
    return layers.reduceRight((under, layer) => over(layer, under), [255, 255, 255, 1]);
  };
  const weak = [];
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
    if (!own || element.getBoundingClientRect().width === 0 || element.closest('.chart, script, noscript')) continue;
    const style = getComputedStyle(element);
    const background = backgroundOf(element);
    const [light, dark] = [luminance(over(parse(style.color), background)), luminance(background)].sort(
      (a, b) => b - a,
    );
    const contrast = (light + 0.05) / (dark + 0.05);
    const size = Number.parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 600);
    if (contrast < (large ? 3 : 4.5))
      weak.push(`${element.tagName}.${element.className} "${element.textContent.slice(0, 30)}" ${contrast.toFixed(2)}`);
  }
  return weak;
};
