/** Where what this process does takes effect. */
export const platform: 'one machine' | 'aws' = 'aws';
