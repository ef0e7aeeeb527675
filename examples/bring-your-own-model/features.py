"""The features of ares-core version 1 in numpy, as features.schema.json defines them.

Averages that never forget begin anew for every segment of 240 bars, 240 bars before it: a bar's row is then the same wherever history begins. Everything else
looks back at most 120 bars, so it needs no segments.
"""

import numpy as np

SEGMENT = 240
BAR_MS = 60_000
LAGS = (*range(1, 11), 15, 30, 60)


def compute_features(candles):
    """Rows of all bars that have one.

    `candles`: columns ts_ms, open, high, low, close, volume, in the order of time. Gives the indices of the rows' bars and a table, name by name.
    """
    with np.errstate(all="ignore"):
        table = {**_windowed(candles), **_anchored(candles)}
    finite = np.all([np.isfinite(values.astype(np.float32)) for values in table.values()], axis=0)
    return np.flatnonzero(finite), table


def _windows(values, bars):
    """The last `bars` values of every bar, one row each; NaN before there are so many."""
    padded = np.concatenate([np.full(bars - 1, np.nan), values])
    return np.lib.stride_tricks.sliding_window_view(padded, bars)


def _ago(values, bars):
    return np.concatenate([np.full(bars, np.nan), values[:-bars]])


def _share(part, whole, otherwise):
    """part / whole, and `otherwise` where the whole is 0."""
    return np.where(whole == 0, otherwise, part / np.where(whole == 0, 1, whole))


def _windowed(candles):
    open_, high, low, close, volume = (candles[name].astype(float) for name in ("open", "high", "low", "close", "volume"))
    returns = close / _ago(close, 1) - 1
    typical = (high + low + close) / 3
    out = {f"ret{bars}": close / _ago(close, bars) - 1 for bars in LAGS}
    out["roc120"] = (close - _ago(close, 120)) / _ago(close, 120)

    middle, reach = _windows(close, 20).mean(1), 2 * _windows(close, 20).std(1)
    out["bb_pctb"] = _share(close - (middle - reach), 2 * reach, 0.5)
    out["bb_width"] = 2 * reach / middle
    out["vol60"], out["vol20"] = _windows(returns, 60).std(1), _windows(returns, 20).std(1)
    mean = _windows(volume, 60).mean(1)
    out["volz60"] = _share(volume - mean, _windows(volume, 60).std(1), 0)
    centred = _windows(returns, 60) - _windows(returns, 60).mean(1, keepdims=True)
    variance = (centred**2).mean(1)
    out["skew60"] = _share((centred**3).mean(1), variance * np.sqrt(variance), 0)

    lowest, highest = _windows(low, 14).min(1), _windows(high, 14).max(1)
    fast = _share(close - lowest, highest - lowest, close - lowest)
    out["stoch_k"] = _windows(fast, 3).mean(1)
    out["stoch_d"] = _windows(out["stoch_k"], 3).mean(1)
    mean = _windows(typical, 20).mean(1)
    deviation = np.abs(_windows(typical, 20) - mean[:, None]).mean(1)
    out["cci20"] = _share(typical - mean, 0.015 * deviation, 0) / 100

    flow, change = typical * volume, typical - _ago(typical, 1)
    rising = _windows(np.where(change > 0, flow, 0), 14).sum(1)
    falling = _windows(np.where(change < 0, flow, 0), 14).sum(1)
    out["mfi14"] = _share(rising, rising + falling, 0.5)
    # Of equal highs or lows the newest counts: the first one from behind.
    since_high = _windows(high, 26)[:, ::-1].argmax(1)
    since_low = _windows(low, 26)[:, ::-1].argmin(1)
    out["aroonosc25"] = np.where(np.isnan(_windows(close, 26)).any(1), np.nan, (since_low - since_high) / 25)

    signed = np.sign(close - _ago(close, 1)) * volume
    total = _windows(volume, 20).sum(1)
    out["obv20"] = _share(_windows(signed, 20).sum(1), total, 0)
    out["volratio20"] = _share(volume, total / 20, 1) - 1
    weight = _windows(volume, 60).sum(1)
    out["vwap60_rel"] = _share(_share(_windows(flow, 60).sum(1), weight, close) / close - 1, 1, 0)

    span = high - low
    out["range_rel"] = span / close
    out["body"] = _share(close - open_, span, 0)
    out["upper_wick"] = _share(high - np.maximum(open_, close), span, 0)
    out["lower_wick"] = _share(np.minimum(open_, close) - low, span, 0)
    lowest, highest = _windows(low, 60).min(1), _windows(high, 60).max(1)
    out["rangepos60"] = np.where(highest == lowest, 0.5, _share(close - lowest, highest - lowest, 0.5))
    out["range60_rel"] = (highest - lowest) / close
    angle = (candles["ts_ms"] % 86_400_000) / 86_400_000 * 2 * np.pi
    out["hour_sin"], out["hour_cos"] = np.sin(angle), np.cos(angle)
    return out


def _anchored(candles):
    """Averages that never forget: each segment on its own, all segments at once."""
    times = candles["ts_ms"]
    first = -(-int(times[0]) // (SEGMENT * BAR_MS)) * SEGMENT * BAR_MS
    segments = max(0, (int(times[-1]) - first) // (SEGMENT * BAR_MS))
    # Candle numbers by [segment, bar]: the warm-up and the segment itself; -1 where a candle is missing.
    place = np.full((segments + 2) * SEGMENT, -1)
    offset = (times - first) // BAR_MS
    inside = (offset >= 0) & (offset < len(place))
    place[offset[inside]] = np.flatnonzero(inside)
    blocks = np.concatenate([place[: (segments + 1) * SEGMENT].reshape(-1, SEGMENT), place[SEGMENT:].reshape(-1, SEGMENT)], axis=1)

    taken = {name: np.where(blocks < 0, np.nan, candles[name].astype(float)[blocks]) for name in ("high", "low", "close")}
    computed = _averages(taken["high"], taken["low"], taken["close"])
    # A missing candle makes the rest of its block NaN: such bars have no row here.
    unbroken = np.minimum.accumulate(blocks >= 0, axis=1)[:, SEGMENT:]
    rows = blocks[:, SEGMENT:]
    out = {}
    for name, values in computed.items():
        column = np.full(len(times), np.nan)
        column[rows[unbroken]] = values[:, SEGMENT:][unbroken]
        out[name] = column
    return out


def _exponential(values, bars, start=0):
    weight, out = 2 / (bars + 1), np.full_like(values, np.nan)
    out[:, start] = values[:, start]
    for bar in range(start + 1, values.shape[1]):
        out[:, bar] = values[:, bar] * weight + out[:, bar - 1] * (1 - weight)
    return out


def _wilder(values, bars, start):
    out = np.full_like(values, np.nan)
    out[:, start + bars - 1] = values[:, start : start + bars].mean(1)
    for bar in range(start + bars, values.shape[1]):
        out[:, bar] = (values[:, bar] - out[:, bar - 1]) / bars + out[:, bar - 1]
    return out


def _averages(high, low, close):
    change = np.diff(close, axis=1, prepend=np.nan)
    gains = _wilder(np.where(change > 0, change, 0), 14, 1)
    losses = _wilder(np.where(change > 0, 0, -change), 14, 1)
    out = {"rsi14": np.where(losses == 0, 1, 1 - 1 / (gains / losses + 1))}

    short, long = _exponential(close, 12), _exponential(close, 26)
    macd = short - long
    signal = _exponential(macd, 9, start=25)
    out |= {"ema12_rel": short / close - 1, "ema26_rel": long / close - 1, "ema50_rel": _exponential(close, 50) / close - 1}
    out |= {"macd_rel": macd / close, "macdsig_rel": signal / close, "macdhist_rel": (macd - signal) / close}

    before = np.concatenate([np.full((len(close), 1), np.nan), close[:, :-1]], axis=1)
    true_range = np.fmax(high - low, np.fmax(np.abs(high - before), np.abs(low - before)))
    average_range = _wilder(true_range, 14, 0)
    out["atr14_rel"] = average_range / close

    higher, lower = np.diff(high, axis=1, prepend=np.nan), -np.diff(low, axis=1, prepend=np.nan)
    plus = _wilder(np.where((higher > lower) & (higher > 0), higher, 0), 14, 1)
    minus = _wilder(np.where((lower > higher) & (lower > 0), lower, 0), 14, 1)
    out["di14"] = _share(plus - minus, average_range, 0)
    out["adx14"] = _wilder(_share(np.abs(plus - minus), plus + minus, 0), 14, 14)
    return out
