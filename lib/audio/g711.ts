/** Telephone samples: the A-law and µ-law tables of ITU-T G.711, as fractions of full scale. */

/** The value of each of the 256 A-law codes. */
export function aLawTable(): Float32Array {
  return Float32Array.from({ length: 256 }, (_, code) => {
    const bits = code ^ 0x55;
    const exponent = bits >> 4 & 7;
    const mantissa = (bits & 15) << 4 | 8;
    const magnitude = exponent === 0 ? mantissa : (mantissa | 0x100) << exponent - 1;
    return (bits & 0x80 ? magnitude : -magnitude) / 32768;
  });
}

/** The value of each of the 256 µ-law codes. */
export function muLawTable(): Float32Array {
  return Float32Array.from({ length: 256 }, (_, code) => {
    const bits = ~code;
    const magnitude = (((bits & 15) << 3 | 0x84) << (bits >> 4 & 7)) - 0x84;
    return (bits & 0x80 ? -magnitude : magnitude) / 32768;
  });
}
