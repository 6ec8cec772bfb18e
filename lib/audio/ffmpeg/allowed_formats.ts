/** What the `ffmpeg` program may read a file as, by its own names of formats. */

/** The containers that ffmpeg may read at once: those that people have, and that hold their sound themselves. */
export const CONTAINERS =
  "aac,ac3,aiff,amr,amrnb,amrwb,ape,asf,au,avi,caf,dsf,dss,dts,dtshd,dv,eac3,flac,flv,g722," +
  "g729,gsm,gxf,iff,ircam,loas,matroska,mov,mp3,mpc,mpc8,mpeg,mpegts,mxf,nistsphere,nut,ogg,oma,qcp,rm,sbc," +
  "shn,sln,sox,tak,truehd,tta,voc,w64,wav,webm,wtv,wv,xwma";

/**
 * What ffmpeg must never read a file as, and why: the sound would come from elsewhere, from files and addresses
 * that whoever made the file has chosen. Every other format is allowed once ffmpeg has recognised it.
 */
export const DANGEROUS: ReadonlyMap<string, string> = new Map([
  ...["hls", "applehttp", "dash", "imf", "webm_dash_manifest"].map((name) =>
    [name, "a playlist, which names other files and addresses to open"] as const
  ),
  ...["concat", "concatf"].map((name) =>
    [name, "a list of files to join, which names other files to open"] as const
  ),
  ...["image2", "mlv", "vobsub"].map((name) =>
    [name, "a picture, one perhaps of a series, of which those beside it would be opened"] as const
  ),
  ...["rtp", "rtsp", "sap", "sdp", "libndi_newtek"].map((name) =>
    [name, "the description of a stream, which names addresses to open"] as const
  ),
  ...["avisynth", "vapoursynth", "lavfi", "bluray", "dvdvideo"].map((name) =>
    [name, "a script or a device, which opens other files"] as const
  ),
]);
